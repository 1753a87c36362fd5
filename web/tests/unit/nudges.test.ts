// Nudges (XEP-0224): at once or not at all, with or without words, and only where one wants them.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, type Element } from '../../src/engine/xmpp/xml';
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

const attention = `<attention xmlns="${NS.attention}"/>`;
const nudged = (): number => alice.events.filter((e) => e.type === 'nudged').length;
async function arrives(id: string, more: string): Promise<void> {
  server.arrive(peer, id, `words of ${id}`, more);
  await alice.until(() => alice.texts(peer).includes(`words of ${id}`), id);
  await settled();
}
async function settled(): Promise<void> {
  const id = `end${Math.random()}`;
  server.arrive(peer, id, id);
  await alice.until(() => alice.texts(peer).includes(id), 'the last message');
}
const presence = (): Element => server.said.findLast((e) => e.name === 'presence')!;
async function features(): Promise<string[]> {
  const id = `ask${Math.random()}`;
  server.inject(`<iq xmlns="jabber:client" type="get" id="${id}" from="${peer}/x" to="${own}/web"><query xmlns="${NS.discoInfo}"/></iq>`);
  await settled();
  const query = child(server.said.find((e) => attr(e, 'id') === id), 'query', NS.discoInfo)!;
  return query.getChildren('feature').map((f) => attr(f, 'var'));
}

it('one with words is read and felt', async () => {
  await arrives('a', attention);
  expect(nudged()).toBe(1);
});

it('one that has lain somewhere is not felt (§4)', async () => {
  await arrives('a', `${attention}<delay xmlns="${NS.delay}" stamp="2026-01-01T00:00:00Z"/>`);
  server.append(peer, `<message xmlns="jabber:client" from="${peer}/x" type="chat" id="b">${attention}</message>`);
  server.crash();
  await alice.until((s) => s.line.state === 'waiting', 'the line down');
  await alice.do({ do: 'reconnect-now' });
  await alice.until(() => alice.messages(peer).find((m) => m.kind === 'nudge'), 'the nudge in the history');
  expect(nudged()).toBe(0);
});

it('where they are switched off, none is felt, and others are told so (§6)', async () => {
  expect(await features()).toContain(NS.attention);
  const before = attr(child(presence(), 'c', NS.caps), 'ver');
  await alice.do({ do: 'settings', patch: { nudges: false } });
  await arrives('a', attention);
  expect(nudged()).toBe(0);
  expect(await features()).not.toContain(NS.attention);
  expect(attr(child(presence(), 'c', NS.caps), 'ver')).not.toBe(before);
  await alice.do({ do: 'settings', patch: { nudges: true } });
  await settled();
  expect(attr(child(presence(), 'c', NS.caps), 'ver')).toBe(before);
});

it('is not sent to an app that does not take it (§4)', async () => {
  const device = (ver: string): string => `<presence xmlns="jabber:client" from="${peer}/x" to="${own}/web"><c xmlns="${NS.caps}" hash="sha-1" node="n" ver="${ver}"/></presence>`;
  server.inject(device('plain'));
  server.features = ['something'];
  await settled();
  const nudge = (id: string): Promise<unknown> => alice.do({ do: 'nudge', id, to: peer, at: Date.now() });
  await expect(nudge('n1')).rejects.toMatchObject({ why: 'not-supported' });
  server.inject(device('able'));
  server.features = [NS.attention];
  await settled();
  await nudge('n2');
  expect(server.said.filter((e) => child(e, 'attention', NS.attention)).map((e) => attr(e, 'id'))).toEqual(['n2']);
});
