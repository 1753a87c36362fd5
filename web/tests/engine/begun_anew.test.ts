// A server whose archive does not have what the browser has seen in it: it keeps messages until they are delivered, or all its
// accounts were made again. What is written is sent all the same.
import { afterEach, it } from 'vitest';
import { Server } from './server';
import { befriend, User, Users } from './user';

let server: Server;
const users = new Users();
afterEach(async () => {
  users.stop();
  await server.remove();
});
function user(name: string, store?: User['store']): User {
  return users.add(new User(`${name}@localhost`, { url: server.url, store }));
}

it('history that is kept until it is delivered', async () => {
  server = await new Server(['history.keep = "undelivered"']).start();
  const alice = await user('alice').signUp();
  const first = await user('bob').signUp();
  await befriend(alice, first);
  first.engine.stop();
  for (let i = 0; i < 3; ++i) await alice.send(first.address, `m${i}`);
  const bob = user('bob', first.store);
  await bob.do({ do: 'continue' });
  await bob.until(() => bob.events.some((e) => e.type === 'message' && e.message.text === 'm2'), 'what came meanwhile');
  bob.engine.stop();
  const again = user('bob', first.store);
  await again.do({ do: 'continue' });
  await again.online();
  await alice.open(bob.address);
  await again.send(alice.address, 'I am back');
  await alice.until(() => alice.texts(bob.address).includes('I am back'), 'the answer');
});

it('an account that was made again on a server that begins anew', async () => {
  server = await new Server().start();
  let alice = await user('alice').signUp();
  let bob = await user('bob').signUp();
  await befriend(alice, bob);
  await alice.send(bob.address, 'before');
  await bob.until((s) => s.conversations[alice.address]?.last?.text === 'before', 'the message');
  for (const one of [alice, bob]) one.engine.stop();
  await server.wipe();
  await user('alice').signUp();
  bob = await user('bob').signUp();
  const kept = alice.store;
  alice = await user('alice', kept).signIn();
  await befriend(alice, bob);
  await alice.send(bob.address, 'after');
  await bob.open(alice.address);
  await bob.until(() => bob.texts(alice.address).includes('after'), 'the new message');
  await alice.open(bob.address);
  await alice.until(() => alice.messages(bob.address).find((m) => m.text === 'after' && m.entry), 'its place');
});
