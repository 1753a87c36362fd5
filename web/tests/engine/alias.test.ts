// Signing in by a number: what is kept and sent is by the account's own address.
import { afterEach, expect, it } from 'vitest';
import { Server } from './server';
import { befriend, User, Users } from './user';

let server: Server;
const users = new Users();
afterEach(async () => {
  users.stop();
  await server.remove();
});
function user(address: string, store?: User['store']): User {
  return users.add(new User(address, { url: server.url, store }));
}

it('finds what was kept by the name, and the other way round', async () => {
  server = await new Server().start();
  const alice = await user('alice@localhost').signUp();
  const bob = await user('bob@localhost').signUp();
  await befriend(alice, bob);
  await server.command('user', 'alias', 'add', alice.address, '10001');
  await alice.do({ do: 'set-presence', show: 'away', status: 'tea' }); // kept in the browser, and nowhere else
  alice.engine.stop();

  const byNumber = await user('10001@localhost', alice.store).signIn();
  expect(byNumber.state.self).toMatchObject({ jid: alice.address, show: 'away', status: 'tea' });
  const session = await alice.store.session();
  expect(session?.jid).toBe(alice.address);
  expect(session?.token).toBeTruthy();
  await bob.open(alice.address);
  await byNumber.send(bob.address, 'by my number');
  await bob.until(() => bob.texts(alice.address).includes('by my number'), 'the message');
  byNumber.engine.stop();

  // By the token, which is shown with the name.
  const back = user(alice.address, alice.store);
  await back.do({ do: 'continue' });
  await back.online();
  expect((await back.open(bob.address)).some((m) => m.text === 'by my number')).toBe(true);
  back.engine.stop();

  const byName = await user(alice.address, alice.store).signIn();
  expect(byName.state.self).toMatchObject({ jid: alice.address, show: 'away', status: 'tea' });
  expect((await byName.open(bob.address)).some((m) => m.text === 'by my number')).toBe(true);
});

it('changes the password, and deletes the account, by its name', async () => {
  server = await new Server().start();
  const alice = await user('alice@localhost').signUp();
  await server.command('user', 'alias', 'add', alice.address, '10001');
  const byNumber = await user('10001@localhost').signIn();
  await byNumber.do({ do: 'change-password', old: 'a good password', password: 'a better password' });
  await byNumber.do({ do: 'delete-account', password: 'a better password' });
  await expect(user('10001@localhost').do({ do: 'sign-in', address: '10001@localhost', password: 'a better password', language: 'en' })).rejects.toMatchObject({ why: 'bad-credentials' });
});
