// A whole engine against a server that lets everything through: what strangers send changes nothing.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { NS } from '../../src/engine/xmpp/ns';
import { attr } from '../../src/engine/xmpp/xml';
import { User } from '../engine/user';
import { seeded, SimulatedServer, TOKEN } from './simulated_server';

const own = 'alice@localhost';
const peer = 'bob@localhost';
const eve = 'eve@evil.example';
let server: SimulatedServer;
let alice: User;

beforeEach(async () => {
  server = new SimulatedServer(own, seeded(1));
  const store = new MemoryStore();
  await store.saveSession({ jid: own, token: TOKEN, agent: 'a' });
  alice = new User(own, { url: 'ws://simulated', store, open: server.open });
  await alice.do({ do: 'continue' });
  await alice.online();
  await alice.open(peer);
});
afterEach(() => alice.engine.stop());

/** Everything sent so far has been handled when this message has arrived. */
async function settled(): Promise<void> {
  const id = `end${Math.random()}`;
  server.arrive(peer, id, id);
  await alice.until(() => alice.texts(peer).includes(id), 'the last message');
}
const push = (from: string, id: string, subscription = 'both'): string =>
  `<iq xmlns="jabber:client" type="set" id="${id}"${from ? ` from="${from}"` : ''} to="${own}/web"><query xmlns="${NS.roster}"><item jid="${id}@x.example" subscription="${subscription}"/></query></iq>`;

it('Case 41: a roster push of somebody else is refused, one of the own account taken', async () => {
  server.inject(push(eve, 'forged'));
  server.inject(push(own, 'right'));
  server.inject(push('', 'right2'));
  await settled();
  expect(Object.keys(alice.state.contacts).sort()).toEqual(['right2@x.example', 'right@x.example']);
  expect(server.said.filter((e) => ['forged', 'right'].includes(attr(e, 'id'))).map((e) => attr(e, 'type'))).toEqual(['error', 'result']);
});

it('a card is asked for again when the other one has accepted: before, it may have been refused', async () => {
  const asked = (): number => server.said.filter((e) => attr(e, 'to') === 'cid@x.example' && e.getChild('vCard', NS.vcard)).length;
  server.inject(push(own, 'cid', 'none'));
  await settled();
  expect(asked()).toBe(1);
  server.inject(push(own, 'cid', 'to'));
  await settled();
  expect(asked()).toBe(2);
  server.inject(push(own, 'cid', 'both'));
  await settled();
  expect(asked()).toBe(2);
});

it('Case 38: a forged copy is no message of anybody', async () => {
  server.inject(`<message xmlns="jabber:client" from="${eve}/x" to="${own}"><sent xmlns="${NS.carbons}"><forwarded xmlns="${NS.forward}"><message from="${own}/phone" to="${peer}" type="chat" id="f"><body>I owe you</body></message></forwarded></sent></message>`);
  await settled();
  expect(alice.texts(peer)).toHaveLength(1);
  await alice.until((s) => s.conversations[peer], 'the conversation');
  expect(Object.keys(alice.state.conversations)).toEqual([peer]);
});

it('Case 42: a correction and a withdrawal of somebody else leave a message as it was', async () => {
  server.arrive(peer, 'm', 'mine');
  await alice.until(() => alice.texts(peer).includes('mine'), 'the message');
  for (const inner of [`<body>forged</body><replace xmlns="${NS.correct}" id="m"/>`, `<retract xmlns="${NS.retract}" id="m"/>`])
    server.inject(`<message xmlns="jabber:client" from="${eve}/x" to="${own}" type="chat" id="c${inner.length}">${inner}</message>`);
  await settled();
  expect(alice.messages(peer)[0]).toMatchObject({ text: 'mine', edited: undefined, withdrawn: undefined });
});

it('a read position that a stranger claims is none', async () => {
  server.arrive(peer, 'm', 'unread');
  server.inject(`<message xmlns="jabber:client" from="${eve}/x" to="${own}" type="chat"><read xmlns="${NS.web}" with="${peer}" entry="99999999"/></message>`);
  await settled();
  await alice.until((s) => s.conversations[peer]?.unread === 2, 'two unread');
});

it('messages that say the same under one id are one, others are two', async () => {
  server.arrive(peer, '1', 'hello');
  server.arrive(peer, '1', 'hello');
  server.arrive(peer, '1', 'another');
  await settled();
  expect(alice.texts(peer).slice(0, 2)).toEqual(['hello', 'another']);
  expect(new Set(alice.messages(peer).map((m) => m.id)).size).toBe(3);
});

it('a message that comes back with an error has failed, and can be tried again', async () => {
  await alice.send(peer, 'to nobody', { id: 'lost' });
  server.inject(`<message xmlns="jabber:client" from="${peer}" to="${own}/web" type="error" id="lost"><error type="cancel"><service-unavailable xmlns="${NS.stanzaErrors}"/></error></message>`);
  await alice.until(() => alice.messages(peer).find((m) => m.id === 'lost' && m.delivery === 'failed' && m.failure === 'service-unavailable'), 'the failure');
  await alice.do({ do: 'retry', id: 'lost', to: peer });
  await alice.until(() => alice.messages(peer).find((m) => m.id === 'lost' && m.delivery === 'sent'), 'it on its way again');
  expect(alice.messages(peer).filter((m) => m.text === 'to nobody')).toHaveLength(1);
});

it('says how much would be lost by signing out', async () => {
  expect(await alice.do({ do: 'unsent' })).toBe(0);
  await alice.send(peer, 'sent', { id: 'sent' });
  await alice.until(() => alice.messages(peer).find((m) => m.id === 'sent' && m.entry), 'its place');
  expect(await alice.do({ do: 'unsent' })).toBe(0);
  server.crash();
  await alice.until((s) => s.line.state === 'waiting', 'the line down');
  await alice.send(peer, 'one');
  await alice.send(peer, 'two');
  expect(await alice.do({ do: 'unsent' })).toBe(2);
});

const asks = (jid: string): string => `<presence xmlns="jabber:client" type="subscribe" from="${jid}" to="${own}"/>`;
const granted = (jid: string): string =>
  `<iq xmlns="jabber:client" type="set" id="g" from="${own}" to="${own}/web"><query xmlns="${NS.roster}"><item jid="${jid}" subscription="from"/></query></iq>`;

it('a request that another device has granted is gone, and declining it late ends no friendship', async () => {
  server.inject(asks(eve));
  await alice.until((s) => s.requests.length === 1, 'the request');
  server.inject(granted(eve));
  await alice.until((s) => s.requests.length === 0, 'its end');
  await alice.do({ do: 'answer-request', jid: eve, accept: false });
  await settled();
  expect(server.said.filter((e) => attr(e, 'type') === 'unsubscribed')).toEqual([]);
});

it('who is blocked asks for nothing any more', async () => {
  server.inject(asks(eve));
  await alice.until((s) => s.requests.length === 1, 'the request');
  await alice.do({ do: 'block', jid: eve });
  expect(alice.state.requests).toEqual([]);
  server.inject(asks(eve));
  await settled();
  expect(alice.state.requests).toEqual([]);
});

const bounce = (id: string): string =>
  `<message xmlns="jabber:client" from="${peer}" to="${own}/web" type="error" id="${id}"><error type="cancel"><not-acceptable xmlns="${NS.stanzaErrors}"/></error></message>`;
const reactions = (): string[] => Object.keys(alice.messages(peer)[0]?.reactions ?? {});

it('a reaction that comes back is taken away, also when it had its place, and can be tried again (XEP-0444)', async () => {
  server.arrive(peer, 'm', 'news');
  const { id } = await alice.until(() => alice.messages(peer)[0], 'the message');
  await alice.do({ do: 'react', id: 'r1', to: peer, original: id, emojis: ['👍'], at: Date.now() });
  await alice.send(peer, 'after', { id: 'after' });
  await alice.until(() => alice.messages(peer).find((m) => m.id === 'after' && m.entry), 'its place');
  expect(reactions()).toEqual(['👍']);
  server.inject(bounce('r1'));
  const failed = await alice.until(() => alice.events.find((e) => e.type === 'change-failed'), 'the failure');
  expect(failed).toMatchObject({ conversation: peer, id: 'r1', what: 'react', why: 'not-acceptable' });
  await alice.until(() => reactions().length === 0, 'no reaction');
  await alice.open(peer);
  expect(reactions()).toEqual([]);
  await alice.do({ do: 'retry', id: 'r1', to: peer });
  await alice.until(() => reactions().length === 1, 'the reaction');
});

it('a change that waits for the line is seen to wait', async () => {
  await alice.send(peer, 'helo', { id: 'm' });
  await alice.until(() => alice.messages(peer).find((m) => m.entry), 'its place');
  server.crash();
  await alice.until((s) => s.line.state === 'waiting', 'the line down');
  await alice.do({ do: 'edit', id: 'e', to: peer, original: 'm', text: 'hello', at: Date.now() });
  expect(alice.messages(peer)[0]).toMatchObject({ text: 'hello', pending: true });
  await alice.do({ do: 'reconnect-now' });
  await alice.until(() => !alice.messages(peer)[0]!.pending, 'it sent');
  expect(alice.texts(peer)[0]).toBe('hello');
});

it('what cannot be tried again says so, and not that there is no account', async () => {
  await expect(alice.do({ do: 'retry', id: 'nothing', to: peer })).rejects.toMatchObject({ why: 'gone' });
});
