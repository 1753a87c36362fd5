// Who is no contact has a name and a picture all the same, and is told one's own (XEP-0172 §4.2).
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, text } from '../../src/engine/xmpp/xml';
import { avatarOf, nameOf } from '../../src/ui/names';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { own, peer, simulated, visit } from './visit';

const stranger = 'zoe@elsewhere.example';
const neighbour = 'nora@localhost';
const nick = (name: string): string => `<nick xmlns="${NS.nick}">${name}</nick>`;
let server: SimulatedServer;
let alice: User;
let store: MemoryStore;
beforeEach(async () => {
  server = simulated();
  server.cards[own] = '<NICKNAME>Alice</NICKNAME>';
  server.cards[neighbour] = `<NICKNAME>Nora</NICKNAME><PHOTO><BINVAL>${btoa('\x89PNG\r\n\x1a\n')}</BINVAL></PHOTO>`;
  server.cards[stranger] = '<NICKNAME>Zoe’s card</NICKNAME>';
  store = new MemoryStore();
  alice = await visit(server, store);
  await alice.until((s) => s.self?.nickname, 'the own card');
});
afterEach(() => alice.engine.stop());

const asked = (jid: string): number => server.said.filter((e) => e.name === 'iq' && attr(e, 'to') === jid).length;

it('a stranger has the name he gave in his first message, in the next visit too', async () => {
  server.arrive(stranger, 'm', 'hello', nick('Zoe'));
  await alice.until((s) => nameOf(s, stranger) === 'Zoe' && s.conversations[stranger], 'the name');
  alice.engine.stop();
  alice = await visit(server, store);
  expect(nameOf(alice.state, stranger)).toBe('Zoe');
  expect(asked(stranger)).toBe(0); // that one is here is not for him to know
});

it('one who wrote while nobody was there has it as well', async () => {
  alice.engine.stop();
  server.append(stranger, `<message xmlns="jabber:client" from="${stranger}/x" to="${own}" type="chat" id="m"><body>hello</body>${nick('Zoe')}</message>`);
  alice = await visit(server, store);
  await alice.until((s) => nameOf(s, stranger) === 'Zoe', 'the name');
});

it('one who wrote before much that others wrote has it as well', async () => {
  alice.engine.stop();
  server.features = [NS.inbox];
  server.append(stranger, `<message xmlns="jabber:client" from="${stranger}/x" to="${own}" type="chat" id="m"><body>hello</body>${nick('Zoe')}</message>`);
  for (let i = 0; i < 400; ++i) server.append(peer, `<message xmlns="jabber:client" from="${peer}/x" to="${own}" type="chat" id="t${i}"><body>t${i}</body></message>`);
  alice = await visit(server, store);
  await alice.until((s) => s.conversations[stranger] && nameOf(s, stranger) === 'Zoe', 'the name');
});

it('one of the own server has the name and the picture of his card', async () => {
  server.arrive(neighbour, 'm', 'hello');
  await alice.until((s) => nameOf(s, neighbour) === 'Nora' && avatarOf(s, neighbour), 'name and picture');
});

it('one who asks to be a contact has the name he gave', async () => {
  server.inject(`<presence xmlns="jabber:client" from="${stranger}" to="${own}" type="subscribe">${nick('Zoe')}</presence>`);
  await alice.until((s) => nameOf(s, stranger) === 'Zoe', 'the name');
});

it('the first message to a stranger says what one calls oneself, later ones and those to contacts do not', async () => {
  for (const [to, id] of [[stranger, 'first'], [stranger, 'second'], [peer, 'friend']] as const) {
    await alice.open(to);
    await alice.send(to, id, { id });
    await alice.until(() => alice.messages(to).find((m) => m.id === id && m.entry), 'its place');
  }
  const said = (id: string): string => text(child(server.said.find((e) => attr(e, 'id') === id), 'nick', NS.nick));
  expect(['first', 'second', 'friend'].map(said)).toEqual(['Alice', '', '']);
});
