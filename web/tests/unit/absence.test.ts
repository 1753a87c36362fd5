// More came while one was away than is fetched at once, and what came last is not what one looks for: each device of the account
// that was there has confirmed every message.
import { afterEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child } from '../../src/engine/xmpp/xml';
import { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { own, peer, simulated, visit } from './visit';

let server: SimulatedServer;
let alice: User;
afterEach(() => alice.engine.stop());

const SOON_MS = 10_000;
const write = (from: number, to: number, who = peer): void => {
  for (let i = from; i < to; ++i) server.append(who, `<message xmlns="jabber:client" from="${who}/x" to="${own}" type="chat" id="t${i}"><body>t${i}</body></message>`);
};
const confirm = (count: number): void => {
  for (let i = 0; i < count; ++i)
    server.append(peer, `<message xmlns="jabber:client" from="${own}/other" to="${peer}" type="chat" id="r${i}"><received xmlns="${NS.receipts}" id="t${i}"/><store xmlns="${NS.hints}"/></message>`);
};
const expected = (from: number, to: number): string[] => [...Array(to - from).keys()].map((i) => `t${from + i}`);
const summary = (): [string | undefined, number | undefined] => [alice.state.conversations[peer]?.last?.text, alice.state.conversations[peer]?.unread];
/** A visit that saw the first ten. */
async function wasHere(): Promise<MemoryStore> {
  const store = new MemoryStore();
  server = simulated();
  write(0, 10);
  alice = await visit(server, store);
  await alice.until(() => summary()[0] === 't9', 'the past');
  alice.engine.stop();
  return store;
}

it('the list shows the newest message, however many receipts came after it', async () => {
  const store = await wasHere();
  write(10, 610);
  confirm(1_800);
  alice = await visit(server, store);
  await alice.until(() => summary()[0] === 't609', 'the news', SOON_MS);
  await alice.until(() => summary()[1] === 100, 'as many unread as are counted', SOON_MS);
});

it('a page of the newest is not empty because of what came after them, on a device that knows nothing', async () => {
  server = simulated();
  write(0, 60);
  confirm(3_000);
  alice = await visit(server);
  expect(alice.texts(peer)).toEqual(expected(10, 60));
});

it('what was not reached before the browser was closed is looked for in the next visit', async () => {
  const store = await wasHere();
  write(10, 610);
  confirm(1_800);
  alice = new User(own, { url: 'ws://simulated', store, open: server.open });
  await alice.do({ do: 'continue' });
  await alice.until(() => alice.events.find((e) => e.type === 'gap'), 'a gap');
  alice.engine.stop();
  expect(summary()[0]).toBe('t9');
  server.crash();
  alice = await visit(server, store);
  await alice.until(() => summary()[0] === 't609', 'the news', SOON_MS);
});

it('what one wrote last is where it was written, also where its place was not known any more before the browser was closed', async () => {
  const store = await wasHere();
  const after = String(server.log.at(-1)!.entry);
  await (await store.account(own)).putOutbox({ id: 'n0', seq: 1, command: { do: 'send', id: 'n0', to: peer, text: 'n0', at: 1 }, after, at: 1, acked: true });
  server.append(peer, `<message xmlns="jabber:client" from="${own}/web" to="${peer}" type="chat" id="n0"><body>n0</body></message>`);
  write(10, 610);
  alice = await visit(server, store);
  await alice.until(() => summary()[0] === 't609', 'the news', SOON_MS);
  await alice.open(peer);
  expect(alice.texts(peer)).toEqual(expected(560, 610));
});

it('a line that breaks on the way is no second catching up beside the first', async () => {
  const store = await wasHere();
  write(10, 610);
  confirm(1_800);
  server.said.length = 0;
  alice = new User(own, { url: 'ws://simulated', store, open: server.open });
  await alice.do({ do: 'continue' });
  await alice.until(() => alice.events.find((e) => e.type === 'gap'), 'a gap');
  alice.engine.cut();
  await alice.until(() => summary()[0] === 't609', 'the news', SOON_MS);
  const asked = new Map(server.said.map((e) => child(e, 'query', NS.mam)).filter((q) => q !== undefined).map((q) => [attr(q, 'queryid'), q.children.join('')]));
  expect([...asked.values()].sort()).toEqual([...new Set(asked.values())].sort());
});

it('no page has a hole in it that stays, whenever it is asked for', async () => {
  const store = await wasHere();
  write(10, 310);
  write(0, 295, 'carol@localhost');
  write(310, 315);
  alice = new User(own, { url: 'ws://simulated', store, open: server.open });
  const asked: Promise<unknown>[] = [];
  const holes: string[] = [];
  const askOften = async (): Promise<void> => {
    for (let turn = 0; turn < 40; ++turn) asked.push(alice.open(peer)), await Promise.resolve();
  };
  alice.engine.attach((event) => {
    if (event.type === 'message' && event.message.text === 't314') void askOften();
    const texts = alice.texts(peer);
    const whole = expected(Number(texts[0]?.slice(1) ?? 0), Number(texts.at(-1)?.slice(1) ?? -1) + 1);
    if (alice.events.some((e) => e.type === 'gap') && texts.join() !== whole.join()) holes.push(texts.join());
  });
  await alice.do({ do: 'continue' });
  await alice.until(() => alice.events.find((e) => e.type === 'gap'), 'a gap');
  await alice.until(() => summary()[0] === 't314', 'the news', SOON_MS);
  await Promise.all(asked);
  expect(holes).toEqual([]);
  expect(alice.texts(peer)).toEqual(expected(265, 315));
});
