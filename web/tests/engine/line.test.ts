// The line breaks in every way: cut, server killed and started again, session too old to be resumed, browser closed.
// What was written meanwhile arrives once, in order; nothing is missing and nothing is double.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { Server } from './server';
import { befriend, User } from './user';

let server: Server;
let alice: User;
let bob: User;
beforeEach(async () => {
  server = await new Server().start();
  alice = await new User('alice@localhost', { url: server.url }).signUp();
  bob = await new User('bob@localhost', { url: server.url }).signUp();
  await befriend(alice, bob);
  await alice.open(bob.address);
  await bob.open(alice.address);
});
afterEach(async () => {
  alice.engine.stop();
  bob.engine.stop();
  await server.remove();
});

const numbers = (user: User, peer: string): number[] => user.texts(peer).filter((t) => /^n\d+$/.test(t)).map((t) => Number(t.slice(1)));
const upTo = (n: number): number[] => [...Array(n).keys()];
const placed = (user: User, peer: string, n: number): boolean => numbers(user, peer).length >= n && user.messages(peer).every((m) => m.entry);
async function all(n: number): Promise<void> {
  await alice.until(() => placed(alice, bob.address, n), `${n} at alice`);
  await bob.until(() => placed(bob, alice.address, n), `${n} at bob`);
  expect(numbers(alice, bob.address)).toEqual(upTo(n));
  expect(numbers(bob, alice.address)).toEqual(upTo(n));
}

it('is cut, and the session goes on', async () => {
  for (let i = 0; i < 30; ++i) {
    void alice.send(bob.address, `n${i}`);
    if (i % 10 === 5) {
      alice.engine.cut();
      bob.engine.cut();
    }
    if (i % 10 === 9) await alice.until((s) => s.line.state === 'online', 'being online');
  }
  await all(30);
});

it('the server is killed and starts again, with messages written meanwhile', async () => {
  for (let i = 0; i < 5; ++i) void alice.send(bob.address, `n${i}`);
  await server.kill9();
  await alice.until((s) => s.line.state === 'waiting', 'waiting');
  for (let i = 5; i < 10; ++i) await alice.send(bob.address, `n${i}`);
  expect(alice.messages(bob.address).filter((m) => m.text >= 'n5' && m.text <= 'n9').every((m) => m.delivery === 'waiting')).toBe(true);
  await server.start();
  await alice.do({ do: 'reconnect-now' });
  await bob.do({ do: 'reconnect-now' });
  await all(10);
});

it('the browser is closed with messages on their way, and opened again', async () => {
  const store = alice.store;
  await server.kill9();
  await alice.until((s) => s.line.state !== 'online', 'the line down');
  for (let i = 0; i < 5; ++i) await alice.send(bob.address, `n${i}`);
  alice.engine.stop();
  await server.start();
  alice = new User('alice@localhost', { url: server.url, store });
  await alice.do({ do: 'continue' });
  await alice.online();
  await alice.open(bob.address);
  await bob.do({ do: 'reconnect-now' });
  await all(5);
});

it('the token signs in, and after signing out it does not', async () => {
  const kept = await alice.store.session();
  expect(kept?.token).toBeTruthy();
  await alice.do({ do: 'sign-out' });
  expect(await alice.store.session()).toBeUndefined();
  await expect(alice.do({ do: 'continue' })).rejects.toMatchObject({ why: 'no-session' });
  const thief = new MemoryStore();
  await thief.saveSession(kept);
  const other = new User('alice@localhost', { url: server.url, store: thief });
  await other.do({ do: 'continue' });
  // Another browser's id: the token is of no use there, whether it has been ended already or not.
  await other.until((s) => s.line.state === 'signed-out' && s.line.reason === 'bad-credentials', 'the refusal');
});

it('a wrong password is refused, a changed one works, other devices are signed out', async () => {
  await expect(new User('alice@localhost', { url: server.url }).signIn('wrong')).rejects.toMatchObject({ why: 'bad-credentials' });
  const second = await new User('alice@localhost', { url: server.url }).signIn();
  const kept = async (user: User): Promise<unknown> => (await user.store.account('alice@localhost')).getMeta('roster');
  await second.until((s) => s.contacts[bob.address], 'the contact');
  expect(await kept(second)).toBeTruthy();
  await expect(alice.do({ do: 'change-password', old: 'wrong', password: 'another password' })).rejects.toMatchObject({ why: 'bad-credentials' });
  await alice.do({ do: 'change-password', old: 'a good password', password: 'another password' });
  await second.until((s) => s.line.state === 'signed-out', 'the other device signed out');
  expect(await kept(second)).toBeUndefined();
  await alice.until((s) => s.line.state === 'online', 'still being online');
  await alice.send(bob.address, 'n0');
  await all(1);
  alice.engine.cut();
  await alice.until((s) => s.line.state !== 'online', 'the cut');
  await alice.online();
  await new User('alice@localhost', { url: server.url }).signIn('another password');
});

it('the account is deleted', async () => {
  await expect(alice.do({ do: 'delete-account', password: 'wrong' })).rejects.toMatchObject({ why: 'bad-credentials' });
  await alice.do({ do: 'delete-account', password: 'a good password' });
  expect(alice.state.line).toEqual({ state: 'signed-out', reason: 'account-deleted' });
  await expect(new User('alice@localhost', { url: server.url }).signIn()).rejects.toMatchObject({ why: 'bad-credentials' });
});
