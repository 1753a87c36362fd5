// Receipts (XEP-0184) of what came while nobody was there: for that alone.
import { afterEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child } from '../../src/engine/xmpp/xml';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { own, peer, simulated, visit } from './visit';

let server: SimulatedServer;
let alice: User;
afterEach(() => alice.engine.stop());

const past = (id: string): string =>
  String(server.append(peer, `<message xmlns="jabber:client" from="${peer}/x" to="${own}" type="chat" id="${id}"><body>${id}</body><request xmlns="${NS.receipts}"/></message>`).entry);
async function sent(id: string): Promise<void> {
  await alice.send(peer, id, { id });
  await alice.until(() => alice.messages(peer).find((m) => m.id === id && m.entry), 'its place');
}
async function receipts(): Promise<string[]> {
  await sent('caught up');
  server.arrive(peer, 'end', 'end', `<request xmlns="${NS.receipts}"/>`);
  await alice.until(() => alice.texts(peer).includes('end'), 'the end');
  await sent('after');
  return server.said.map((e) => attr(child(e, 'received', NS.receipts), 'id')).filter(Boolean);
}

it('a new browser confirms what has just come, though no device of the account has ever read anything', async () => {
  server = simulated();
  past('old');
  server.append(peer, `<message xmlns="jabber:client" from="${peer}/x" to="${own}" type="chat" id="fresh"><body>fresh</body><request xmlns="${NS.receipts}"/></message>`).at = Date.now();
  alice = await visit(server);
  expect(await receipts()).toEqual(['fresh', 'end']);
});

it('a new browser confirms nothing of the past', async () => {
  server = simulated();
  past('old');
  alice = await visit(server);
  expect(await receipts()).toEqual(['end']);
});

it('a new browser confirms what came after all that other devices have read', async () => {
  server = simulated();
  past('old');
  server.kept.reads = JSON.stringify({ [peer]: past('read') });
  past('new');
  alice = await visit(server);
  expect(await receipts()).toEqual(['new', 'end']);
});

it('one that was here before confirms what came since', async () => {
  server = simulated();
  past('old');
  const store = new MemoryStore();
  alice = await visit(server, store);
  alice.engine.stop();
  past('new');
  alice = await visit(server, store);
  expect(await receipts()).toEqual(['new', 'end']);
});
