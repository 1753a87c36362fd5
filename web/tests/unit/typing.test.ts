// Who is told that one types (XEP-0085 §5.1).
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, childNs } from '../../src/engine/xmpp/xml';
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

const types = (state: 'composing' | 'active'): Promise<unknown> => alice.do({ do: 'typing', to: peer, state });
async function says(id: string, more = ''): Promise<void> {
  server.arrive(peer, id, id, more);
  await alice.until(() => alice.texts(peer).includes(id), id);
}
async function writes(id: string): Promise<string | undefined> {
  await alice.send(peer, id, { id });
  await alice.until(() => alice.messages(peer).find((m) => m.id === id && m.entry), 'its place');
  return childNs(server.said.find((e) => attr(e, 'id') === id)!, NS.chatStates)?.getName();
}
const told = (): number => server.said.filter((e) => child(e, 'composing', NS.chatStates)).length;

it('a contact who has not answered yet is told, and one who answers with a state', async () => {
  await types('composing');
  expect(await writes('a')).toBe('active');
  await says('yes', `<active xmlns="${NS.chatStates}"/>`);
  await types('composing');
  expect(await writes('b')).toBe('active');
  expect(told()).toBe(2);
});

it('one who answers without is told no more, until he does', async () => {
  await says('plain');
  await types('composing');
  expect(await writes('a')).toBeUndefined();
  await says('knowing', `<active xmlns="${NS.chatStates}"/>`);
  await types('composing');
  expect(await writes('b')).toBe('active');
  expect(told()).toBe(1);
});

it('one of whose devices says that it knows of typing is told all the same', async () => {
  server.features = [NS.chatStates];
  server.inject(`<presence xmlns="jabber:client" from="${peer}/x" to="alice@localhost"><c xmlns="${NS.caps}" hash="sha-1" node="n" ver="able"/></presence>`);
  await says('plain');
  await says('end');
  expect(await writes('a')).toBe('active');
});
