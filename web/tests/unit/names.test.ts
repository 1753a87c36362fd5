// A message has more names than one: its id, its origin-id, and the ids of its corrections. What names any of them means it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isEmoji } from '../../src/model/emoji';
import type { Message } from '../../src/model/types';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child } from '../../src/engine/xmpp/xml';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { own, peer, simulated, visit } from './visit';

let server: SimulatedServer;
let alice: User;

beforeEach(async () => {
  server = simulated();
  alice = await visit(server);
});
afterEach(() => alice.engine.stop());

const found = (id: string): Message | undefined => alice.messages(peer).find((m) => m.id === id);
const correction = (of: string): string => `<replace xmlns="${NS.correct}" id="${of}"/>`;
let entry = 2_000_000;
const reaction = (of: string, ...emojis: string[]): string =>
  `<message xmlns="jabber:client" from="${peer}/x" to="${own}" type="chat"><reactions xmlns="${NS.reactions}" id="${of}">${emojis.map((e) => `<reaction>${e}</reaction>`).join('')}</reactions><stanza-id xmlns="${NS.sid}" by="${own}" id="${++entry}"/></message>`;
const signal = (kind: string, ns: string, of: string): string =>
  `<message xmlns="jabber:client" from="${peer}/x" to="${own}" type="chat"><${kind} xmlns="${ns}" id="${of}"/></message>`;
async function corrected(): Promise<void> {
  server.arrive(peer, 'first', 'helo');
  server.arrive(peer, 'second', 'hello', correction('first'));
  await alice.until(() => found('~first')?.text === 'hello', 'the correction');
}

it('a reaction that names a correction counts for what was corrected (XEP-0444 §4)', async () => {
  await corrected();
  server.inject(reaction('second', '👍'));
  await alice.until(() => found('~first')?.reactions['👍'], 'the reaction');
});

it('a correction that names a correction corrects the first (XEP-0308 §5)', async () => {
  await corrected();
  server.arrive(peer, 'third', 'hello!', correction('second'));
  await alice.until(() => found('~first')?.text === 'hello!', 'the second correction');
  expect(alice.messages(peer)).toHaveLength(1);
});

it('an answer to a correction leads to what was corrected (XEP-0461)', async () => {
  await corrected();
  server.arrive(peer, 'answer', 'yes', `<reply xmlns="${NS.reply}" id="second" to="${peer}"/>`);
  await alice.until(() => found('~answer')?.quote?.id === '~first', 'the quotation');
});

it('receipts and markers that name a correction of one’s own count for what was corrected (XEP-0184, XEP-0333)', async () => {
  await alice.send(peer, 'helo', { id: 'mine' });
  await alice.until(() => found('mine')?.entry, 'its place');
  await alice.do({ do: 'edit', id: 'better', to: peer, original: 'mine', text: 'hello', at: Date.now() });
  await alice.until(() => server.log.some((e) => e.xml.includes('id="better"')), 'the correction in the log');
  server.inject(signal('received', NS.receipts, 'better'));
  await alice.until(() => found('mine')?.delivery === 'delivered', 'the receipt');
  server.inject(signal('displayed', NS.markers, 'better'));
  await alice.until(() => found('mine')?.delivery === 'read', 'the marker');
});

it('a message is found by its id and by its origin-id, and answered by the latter (XEP-0461 §5)', async () => {
  server.arrive(peer, 'id', 'hello', `<origin-id xmlns="${NS.sid}" id="origin"/>`);
  await alice.until(() => found('~id'), 'the message');
  server.inject(reaction('origin', '👍'));
  await alice.until(() => found('~id')?.reactions['👍'], 'a reaction to the one name');
  server.inject(reaction('id', '🎉'));
  await alice.until(() => found('~id')?.reactions['🎉'], 'a reaction to the other');
  await alice.send(peer, 'yes', { id: 'answer', quote: { id: '~id', author: peer, text: 'hello' } });
  await alice.until(() => found('answer')?.entry, 'its place');
  const said = server.said.find((e) => attr(e, 'id') === 'answer')!;
  expect(attr(child(said, 'reply', NS.reply), 'id')).toBe('origin');
});

it('a reaction is emoji and nothing else (XEP-0444 §4)', async () => {
  server.arrive(peer, 'm', 'hello');
  server.inject(reaction('m', 'you owe me money', '👍', 'A', '👍👍', '7'));
  await alice.until(() => found('~m')?.reactions['👍'], 'the reaction');
  expect(Object.keys(found('~m')!.reactions)).toEqual(['👍']);
});

it.each(['👍', '❤️', '❤', '👍🏽', '🇨🇳', '1️⃣', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏳️‍🌈', '❤️‍🔥', '🧑🏽‍❤️‍💋‍🧑🏻', '👩🏽‍🤝‍👨🏿', '🏋🏽‍♀️'])('%s is an emoji', (text) => expect(isEmoji(text)).toBe(true));
it.each(['', 'a', '1', '👍 ', '👍a', '👍👍', '好', '\u202e'])('“%s” is none', (text) => expect(isEmoji(text)).toBe(false));
