// A browser that stops between two things it keeps: what was kept first is not lost with what was to follow.
import { afterEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { User } from '../engine/user';
import { own, peer, simulated, visit } from './visit';

let alice: User;
afterEach(() => alice.engine.stop());

it('a message is in the list of the next visit, though its conversation was not kept any more', async () => {
  const server = simulated();
  server.friends = [];
  const store = new MemoryStore();
  const account = await store.account(own);
  const { putConversation } = account;
  account.putConversation = async () => undefined;
  alice = await visit(server, store);
  server.arrive(peer, 't0', 't0');
  await alice.send(peer, 'n0', { id: 'n0' });
  await alice.until(() => alice.messages(peer).find((m) => m.id === 'n0' && m.entry), 'its place');
  server.arrive(peer, 't1', 't1');
  await alice.until((s) => s.conversations[peer]?.last?.text === 't1', 'the last');
  alice.engine.stop();
  account.putConversation = putConversation;
  expect(await account.conversations()).toEqual([]);
  // No line: what is kept is all there is.
  alice = new User(own, { url: 'ws://simulated', store, open: () => ({ send: () => undefined, close: () => undefined }) });
  await alice.do({ do: 'continue' });
  expect(alice.state.conversations[peer]).toMatchObject({ last: { text: 't1' }, unread: 1 });
  expect((await account.conversations()).map((c) => c.jid)).toEqual([peer]);
});
