// Corrections (XEP-0308): of answers, and of what is not there.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Message } from '../../src/model/types';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, text } from '../../src/engine/xmpp/xml';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { peer, simulated, visit } from './visit';

let server: SimulatedServer;
let alice: User;
beforeEach(async () => {
  server = simulated();
  alice = await visit(server);
});
afterEach(() => alice.engine.stop());

const found = (id: string): Message | undefined => alice.messages(peer).find((m) => m.id === id);
const replace = (of: string): string => `<replace xmlns="${NS.correct}" id="${of}"/>`;

it('a corrected answer says again what it answers (XEP-0308 §5)', async () => {
  server.arrive(peer, 'question', 'Why?');
  await alice.until(() => found('~question'), 'the question');
  await alice.send(peer, 'Becuase.', { id: 'answer', quote: { id: '~question', author: peer, text: 'Why?' } });
  await alice.until(() => found('answer')?.entry, 'its place');
  await alice.do({ do: 'edit', id: 'better', to: peer, original: 'answer', text: 'Because.', at: Date.now() });
  await alice.until(() => server.said.find((e) => attr(e, 'id') === 'better'), 'the correction');
  const said = server.said.find((e) => attr(e, 'id') === 'better')!;
  expect(text(child(said, 'body'))).toBe('> Why?\nBecause.');
  expect(attr(child(said, 'reply', NS.reply), 'id')).toBe('question');
  expect(child(child(said, 'fallback', NS.fallback), 'body')!.attrs).toMatchObject({ start: '0', end: '7' });
  expect(found('answer')).toMatchObject({ text: 'Because.', quote: { id: '~question', text: 'Why?' } });
});

it('a correction of what is not in the archive is shown as a message, and corrected further', async () => {
  server.arrive(peer, 'c1', 'hello', replace('gone'));
  await alice.until(() => found('~gone')?.text === 'hello', 'the correction');
  server.arrive(peer, 'c2', 'hello!', replace('gone'));
  await alice.until(() => found('~gone')?.text === 'hello!', 'the next');
  expect(alice.messages(peer)).toHaveLength(1);
  expect(alice.state.conversations[peer]!.unread).toBe(1);
});

it('what a correction stood for takes its own place when it comes', async () => {
  for (let i = 0; i < 420; ++i) server.append(peer, `<message xmlns="jabber:client" from="${peer}/x" type="chat" id="m${i}"><body>${i}</body></message>`);
  server.append(peer, `<message xmlns="jabber:client" from="${peer}/x" type="chat" id="late"><body>zero</body>${replace('m0')}</message>`);
  alice.engine.stop();
  alice = await visit(server);
  expect(alice.messages(peer).at(-1)).toMatchObject({ id: '~m0', text: 'zero' });
  for (let older = true; older; ) {
    const first = alice.messages(peer).find((m) => m.entry)!;
    await alice.do({ do: 'page', conversation: peer, at: { before: first.entry! }, limit: 100 });
    older = !alice.state.windows[peer]!.atStart;
  }
  expect(alice.messages(peer)[0]).toMatchObject({ id: '~m0', text: 'zero', entry: String(server.log[0]!.entry) });
  await alice.open(peer);
  expect(alice.messages(peer).at(-1)!.id).toBe('~m419');
});
