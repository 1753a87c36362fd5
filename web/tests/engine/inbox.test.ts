// Who wrote before much that others wrote: found by the list of conversations that the server has (XEP-0430).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Server } from './server';
import { befriend, User } from './user';

const MANY = 400;
const LONG_MS = 60_000;

let server: Server;
let alice: User;
let bob: User;
const strangers: User[] = [];
beforeAll(async () => {
  server = await new Server().start();
  const signUp = (name: string): Promise<User> => new User(`${name}@localhost`, { url: server.url }).signUp();
  alice = await signUp('alice');
  bob = await signUp('bob');
  await befriend(alice, bob);
  await bob.send(alice.address, 'before');
  await alice.until((s) => s.conversations[bob.address]?.last?.text === 'before', 'a past');
  alice.engine.stop();
  for (const name of ['carol', 'dave', 'erin']) {
    const stranger = await signUp(name);
    strangers.push(stranger);
    await stranger.send(alice.address, 'hello', { id: `${name}-1` });
    await stranger.send(alice.address, `I am ${name}`, { id: `${name}-2` });
    await stranger.until(() => stranger.state.conversations[alice.address]?.last?.delivery === 'sent', 'it is there');
  }
  for (let i = 0; i < MANY; ++i) void bob.send(alice.address, `m${i}`);
  await bob.until((s) => s.conversations[alice.address]?.last?.text === `m${MANY - 1}` && s.conversations[alice.address]?.last?.delivery === 'sent', 'all of them', LONG_MS);
}, 180_000);
afterAll(async () => {
  for (const user of [alice, bob, ...strangers]) user.engine.stop();
  await server.remove();
});

const findsAll = async (user: User): Promise<void> => {
  for (const { address } of strangers) {
    const found = await user.until((s) => s.conversations[address]?.unread === 2 && s.conversations[address], address, LONG_MS);
    expect(found.last?.text).toBe(`I am ${address.split('@')[0]}`);
    await user.open(address);
    expect(user.texts(address)).toEqual(['hello', found.last?.text]);
  }
  await user.until((s) => s.conversations[bob.address]?.last?.text === `m${MANY - 1}`, 'the contact', LONG_MS);
};

it('strangers are in the list of a device that was away', async () => {
  alice = new User(alice.address, { url: server.url, store: alice.store });
  await alice.do({ do: 'continue' });
  await findsAll(alice);
});

it('and of one that knows nothing', async () => {
  const fresh = await new User(alice.address, { url: server.url }).signIn();
  await findsAll(fresh);
  fresh.engine.stop();
});
