// A long history: pages in both directions, a jump to a date, a gap after a long absence, and what the cache knows of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from './server';
import { befriend, User } from './user';

const MANY = 2_500;

describe('a history of some thousand messages', () => {
  let server: Server;
  let alice: User;
  let bob: User;
  let middle: number;
  /** Another device of bob, which stays: it confirms all that comes, as bob's own does. */
  let third: User | undefined;
  beforeAll(async () => {
    server = await new Server().start();
    alice = await new User('alice@localhost', { url: server.url }).signUp();
    bob = await new User('bob@localhost', { url: server.url }).signUp();
    await befriend(alice, bob);
    for (let i = 0; i < MANY; ++i) {
      if (i === MANY / 2) {
        await bob.until((s) => s.conversations[alice.address]?.last?.text === `m${i - 1}`, 'the first half', 60_000);
        middle = bob.state.conversations[alice.address]!.last!.at;
      }
      void alice.send(bob.address, `m${i}`);
      if (i % 250 === 249) await alice.until((s) => s.conversations[bob.address]?.last?.text === `m${i}` && s.conversations[bob.address]?.last?.delivery !== 'waiting', `m${i}`, 60_000);
    }
  }, 180_000);
  afterAll(async () => {
    alice.engine.stop();
    bob.engine.stop();
    third?.engine.stop();
    await server.remove();
  });
  const expected = (from: number, to: number): string[] => [...Array(to - from).keys()].map((i) => `m${from + i}`);

  it('is read backwards by pages to its beginning, on a device that knows nothing', async () => {
    const fresh = await new User('bob@localhost', { url: server.url }).signIn();
    await fresh.open(alice.address, 50);
    expect(fresh.texts(alice.address)).toEqual(expected(MANY - 50, MANY));
    let oldest = MANY - 50;
    while (!fresh.state.windows[alice.address]!.atStart) {
      await fresh.do({ do: 'page', conversation: alice.address, at: { before: fresh.messages(alice.address)[0]!.entry! }, limit: 50 });
      const texts = fresh.texts(alice.address);
      // How many come at once depends on what lies between them: receipts may fill a page of the archive.
      const first = Number(texts[0]!.slice(1));
      if (oldest > 0) expect(first).toBeLessThan(oldest);
      oldest = first;
      expect(texts).toEqual(expected(first, first + texts.length));
      expect(texts.length).toBeLessThanOrEqual(400);
    }
    expect(fresh.texts(alice.address)[0]).toBe('m0');
    // And forward again: what left the window comes back.
    while (!fresh.state.windows[alice.address]!.atEnd) {
      await fresh.do({ do: 'page', conversation: alice.address, at: { after: fresh.messages(alice.address).at(-1)!.entry! }, limit: 50 });
    }
    const newest = fresh.texts(alice.address);
    expect(newest).toEqual(expected(MANY - newest.length, MANY));
    expect(newest.length).toBeGreaterThan(300);
    third = fresh;
  });

  it('is jumped into by date, and read on from there in both directions', async () => {
    const fresh = await new User('bob@localhost', { url: server.url }).signIn();
    await fresh.open(alice.address, 20);
    await fresh.do({ do: 'page', conversation: alice.address, at: { around: middle }, limit: 40 });
    const texts = fresh.texts(alice.address);
    const first = Number(texts[0]!.slice(1));
    expect(texts).toEqual(expected(first, first + texts.length));
    expect(fresh.messages(alice.address).some((m) => m.at >= middle)).toBe(true);
    expect(first).toBeGreaterThan(MANY / 4);
    const [a, z] = [fresh.messages(alice.address)[0]!, fresh.messages(alice.address).at(-1)!];
    await fresh.do({ do: 'page', conversation: alice.address, at: { before: a.entry! }, limit: 100 });
    await fresh.do({ do: 'page', conversation: alice.address, at: { after: z.entry! }, limit: 100 });
    expect(fresh.texts(alice.address)).toEqual(expected(first - 100, first + texts.length + 100));
    fresh.engine.stop();
  });

  it('has no silent gap after an absence in which more came than is fetched at once', async () => {
    const dozer = await new User('bob@localhost', { url: server.url }).signIn();
    await dozer.open(alice.address, 50);
    const { store } = dozer;
    dozer.engine.stop();
    for (let i = MANY; i < MANY + 600; ++i) void alice.send(bob.address, `m${i}`);
    await bob.until((s) => s.conversations[alice.address]?.last?.text === `m${MANY + 599}`, 'all of them', 60_000);
    const awake = new User('bob@localhost', { url: server.url, store });
    await awake.do({ do: 'continue' });
    await awake.do({ do: 'page', conversation: alice.address, at: { newest: true }, limit: 50 });
    await awake.until(() => awake.state.conversations[alice.address]?.last?.text === `m${MANY + 599}`, 'the news', 60_000);
    await awake.open(alice.address, 50);
    expect(awake.texts(alice.address)).toEqual(expected(MANY + 550, MANY + 600));
    while (awake.messages(alice.address).length < 390) {
      await awake.do({ do: 'page', conversation: alice.address, at: { before: awake.messages(alice.address)[0]!.entry! }, limit: 50 });
      const texts = awake.texts(alice.address);
      expect(texts).toEqual(expected(MANY + 600 - texts.length, MANY + 600));
    }
    awake.engine.stop();
  });

  it('leaves the server whole, as JSON and as a page', async () => {
    await alice.do({ do: 'export' });
    const parts = alice.events.filter((e) => e.type === 'export-part' && e.blob).map((e) => e as { name: string; blob: Uint8Array });
    expect(parts.map((p) => p.name.split('.').at(-1))).toEqual(['json', 'html']);
    const document = JSON.parse(new TextDecoder().decode(parts[0]!.blob)) as { account: string; messages: { stanza: string }[] };
    expect(document.account).toBe(alice.address);
    expect(document.messages.filter((m) => m.stanza.includes('<body>m'))).toHaveLength(MANY + 600);
  });
});
