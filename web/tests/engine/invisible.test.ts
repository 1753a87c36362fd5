// Invisible: seen by nobody, before and after the line was lost; seeing contacts and getting messages all the same where the server
// knows how (XEP-0186).
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Account } from '../../src/engine/account/account';
import type { OpenSocket } from '../../src/engine/xmpp/socket';
import { NS } from '../../src/engine/xmpp/ns';
import { el } from '../../src/engine/xmpp/xml';
import { Server } from './server';
import { befriend, openWs, User, Users } from './user';

let server: Server;
let alice: User;
let bob: User;
const users = new Users();
beforeEach(async () => {
  server = await new Server().start();
  alice = await users.add(new User('alice@localhost', { url: server.url })).signUp();
});
afterEach(async () => {
  users.stop();
  await server.remove();
});
async function signUpBob(open?: OpenSocket): Promise<void> {
  bob = await users.add(new User('bob@localhost', { url: server.url, open })).signUp();
  await befriend(alice, bob);
  await bob.until((s) => s.contacts[alice.address]?.show === 'online', 'alice');
  await alice.open(bob.address);
  await bob.open(alice.address);
}
async function reopenBob(open?: OpenSocket): Promise<void> {
  bob = users.add(new User('bob@localhost', { url: server.url, open, store: bob.store }));
  await bob.do({ do: 'continue' });
  await bob.online();
  await bob.open(alice.address);
}
const hide = (): Promise<unknown> => bob.do({ do: 'set-presence', show: 'invisible', status: '' });
const bobGone = (): Promise<unknown> => alice.until((s) => s.contacts[bob.address]?.show === 'offline', 'bob gone');
/** Whether alice saw him come, from `since` of her events on. */
const cameSince = (since: number): boolean =>
  alice.events.slice(since).some((e) => e.type === 'contact' && e.contact.jid === bob.address && e.contact.show !== 'offline');
const accountOf = (user: User): Account => (user.engine as unknown as { account: Account }).account;
async function words(text: string): Promise<void> {
  await alice.send(bob.address, text);
  await bob.until(() => bob.texts(alice.address).includes(text), text);
  await bob.send(alice.address, `${text}!`);
  await alice.until(() => alice.texts(bob.address).includes(`${text}!`), 'the answer');
}

it('sees others and is not seen; nothing he reads or types is told', async () => {
  await signUpBob();
  await hide();
  await bobGone();
  await alice.do({ do: 'set-presence', show: 'away', status: 'tea' });
  await bob.until((s) => s.contacts[alice.address]?.show === 'away', 'alice at tea');
  await alice.send(bob.address, 'are you there?');
  const asked = await bob.until(() => bob.messages(alice.address).find((m) => m.text === 'are you there?'), 'the question');
  await bob.do({ do: 'read', conversation: alice.address, through: asked.entry!, id: asked.id });
  await bob.do({ do: 'typing', to: alice.address, state: 'composing' });
  await bob.do({ do: 'set-presence', show: 'online', status: '' });
  await alice.until((s) => s.contacts[bob.address]?.show === 'online', 'bob back');
  // Whatever he had said meanwhile would have come before.
  const delivery = (): string | undefined => alice.messages(bob.address).find((m) => m.text === 'are you there?')?.delivery;
  await alice.until(() => delivery() !== 'waiting', 'it is on the server');
  expect(delivery()).toBe('sent');
  expect(alice.state.conversations[bob.address]?.typing).toBe(false);
  expect(bob.state.contacts[alice.address]?.show).toBe('away');
});

it('answers requests as the server does where nobody is', async () => {
  await signUpBob();
  await hide();
  await bobGone();
  const ask = (to: string): Promise<string> =>
    accountOf(alice).link.iq('get', el('query', { xmlns: NS.version }), to).then(() => 'answered', (error: Error) => error.message);
  const { jid } = accountOf(bob).link;
  expect(await ask(jid)).toBe(await ask(`${bob.address}/nobody`));
  await bob.do({ do: 'set-presence', show: 'online', status: '' });
  await alice.until((s) => s.contacts[bob.address]?.show === 'online', 'bob back');
  expect(await ask(jid)).toBe('answered');
});

it('is not seen in a session that is resumed, nor in a new one', async () => {
  let forget = false;
  await signUpBob((url, events) => {
    const socket = openWs(url, events);
    return { ...socket, send: (text) => socket.send(forget ? text.replace('previd="', 'previd="x') : text) };
  });
  await hide();
  await bobGone();
  const since = alice.events.length;
  bob.engine.cut();
  await bob.until((s) => s.line.state !== 'online', 'the cut');
  await bob.online();
  await words('resumed');
  forget = true; // the session cannot be resumed
  bob.engine.cut();
  await bob.until((s) => s.line.state !== 'online', 'the cut');
  await bob.online();
  await words('a new session');
  await alice.do({ do: 'set-presence', show: 'away', status: '' });
  await bob.until((s) => s.contacts[alice.address]?.show === 'away', 'alice away');
  await alice.do({ do: 'set-presence', show: 'online', status: '' });
  bob.engine.stop();
  await reopenBob();
  await bob.until((s) => s.contacts[alice.address]?.show === 'online', 'alice');
  await words('opened again');
  await server.kill9();
  await server.start();
  await alice.do({ do: 'reconnect-now' });
  await bob.do({ do: 'reconnect-now' });
  await words('after the crash');
  expect(cameSince(since)).toBe(false);
});

it('a server that did not know it, and does since', async () => {
  const deaf: OpenSocket = (url, events) => openWs(url, { ...events, text: (text) => events.text(text.replaceAll(NS.invisible, 'urn:example:none')) });
  await signUpBob(deaf);
  await hide();
  await bobGone();
  // Nobody is seen who does not say that he is there.
  await bob.until((s) => s.contacts[alice.address]?.show === 'offline', 'alice unseen');
  await words('unseen');
  bob.engine.stop();
  const since = alice.events.length;
  await reopenBob();
  await bob.until((s) => s.contacts[alice.address]?.show === 'online', 'alice');
  await words('seeing');
  // What is said to be known, and is refused.
  bob.engine.stop();
  const refusing: OpenSocket = (url, events) => {
    const socket = openWs(url, events);
    return { ...socket, send: (text) => socket.send(text.replace(`xmlns="${NS.invisible}"`, 'xmlns="urn:example:none"')) };
  };
  await reopenBob(refusing);
  await words('refused');
  expect(cameSince(since)).toBe(false);
});
