// Two people at the real server: accounts, contacts, presence, messages and what is said about them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomId } from '../../src/engine/xmpp/bytes';
import { Server } from './server';
import { befriend, User } from './user';

describe('two people', () => {
  let server: Server;
  let alice: User;
  let bob: User;
  beforeAll(async () => {
    server = await new Server().start();
    alice = await new User('alice@localhost', { url: server.url }).signUp();
    bob = await new User('bob@localhost', { url: server.url }).signUp();
    await befriend(alice, bob);
  }, 60_000);
  afterAll(() => server.remove());

  it('see each other', async () => {
    await alice.until((s) => s.contacts[bob.address]?.show === 'online', 'bob');
    await bob.do({ do: 'set-presence', show: 'away', status: 'tea' });
    await alice.until((s) => s.contacts[bob.address]?.show === 'away' && s.contacts[bob.address]?.status === 'tea', 'bob at tea');
  });

  it('exchange messages, with their way and their place', async () => {
    await alice.open(bob.address);
    await bob.open(alice.address);
    await alice.send(bob.address, 'hello');
    const there = await bob.until(() => bob.messages(alice.address).find((m) => m.text === 'hello'), 'hello');
    expect(there.entry).toBeTruthy();
    await bob.until((s) => s.conversations[alice.address]?.unread === 1, 'one unread');
    await alice.until(() => alice.messages(bob.address).some((m) => m.text === 'hello' && m.delivery === 'delivered' && m.entry), 'delivery');
    await bob.do({ do: 'read', conversation: alice.address, through: there.entry!, id: there.id });
    await alice.until(() => alice.messages(bob.address).some((m) => m.text === 'hello' && m.delivery === 'read'), 'being read');
    expect(bob.state.conversations[alice.address]!.unread).toBe(0);
  });

  it('correct, react, reply and withdraw', async () => {
    const id = randomId();
    await alice.send(bob.address, 'helo', { id });
    const first = await bob.until(() => bob.messages(alice.address).find((m) => m.text === 'helo'), 'helo');
    await alice.do({ do: 'edit', id: randomId(), to: bob.address, original: id, text: 'hello again', at: Date.now() });
    await bob.until(() => bob.messages(alice.address).find((m) => m.id === first.id && m.text === 'hello again' && m.edited), 'the correction');
    await bob.do({ do: 'react', id: randomId(), to: alice.address, original: first.id, emojis: ['👍'], at: Date.now() });
    await alice.until(() => alice.messages(bob.address).find((m) => m.id === id)?.reactions['👍']?.includes(bob.address), 'the reaction');
    await bob.send(alice.address, 'what?\nreally', { quote: { id: first.id, author: alice.address, text: 'hello again' } });
    const reply = await alice.until(() => alice.messages(bob.address).find((m) => m.text === 'what?\nreally'), 'the reply');
    expect(reply.quote).toEqual({ id, author: alice.address, text: 'hello again' });
    await alice.do({ do: 'withdraw', id: randomId(), to: bob.address, original: id, at: Date.now() });
    await bob.until(() => bob.messages(alice.address).find((m) => m.id === first.id && m.withdrawn && m.text === ''), 'the withdrawal');
  });

  it('see each other type, and nudge', async () => {
    await alice.do({ do: 'typing', to: bob.address, state: 'composing' });
    await bob.until((s) => s.conversations[alice.address]?.typing, 'typing');
    await alice.do({ do: 'nudge', id: randomId(), to: bob.address, at: Date.now() });
    await bob.until(() => bob.events.some((e) => e.type === 'nudged'), 'the nudge');
    await expect(alice.do({ do: 'nudge', id: randomId(), to: bob.address, at: Date.now() })).rejects.toMatchObject({ why: 'too-many' });
  });

  it('keep order and places in a quick exchange', async () => {
    for (let i = 0; i < 20; ++i) {
      void alice.send(bob.address, `a${i}`);
      void bob.send(alice.address, `b${i}`);
    }
    const settled = (u: User, peer: string): boolean => {
      const mine = u.messages(peer).filter((m) => /^[ab]\d+$/.test(m.text));
      return mine.length === 40 && mine.every((m) => m.entry);
    };
    await alice.until(() => settled(alice, bob.address), 'all forty');
    await bob.until(() => settled(bob, alice.address), 'all forty');
    for (const who of ['a', 'b'])
      for (const u of [alice, bob])
        expect(u.texts(u === alice ? bob.address : alice.address).filter((t) => new RegExp(`^${who}\\d+$`).test(t))).toEqual([...Array(20).keys()].map((i) => who + i));
  });
});
