// Nobody learns that one is here, with one's full address, by sending something that makes the app ask him a question.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NS } from '../../src/engine/xmpp/ns';
import { attr } from '../../src/engine/xmpp/xml';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { own, peer, simulated, visit } from './visit';

const stranger = 'zoe@elsewhere.example';
const friend = 'finn@elsewhere.example';
let server: SimulatedServer;
let alice: User;
/** `asked` counts from here. */
let since = 0;
beforeEach(async () => {
  since = 0;
  server = simulated();
  server.friends = [peer, friend];
  server.features = [NS.chatStates, NS.invisible];
  alice = await visit(server);
  await alice.until(() => asked(friend) === 1, 'the card of the contact');
});
afterEach(() => alice.engine.stop());

const asked = (jid: string): number => server.said.slice(since).filter((e) => e.name === 'iq' && attr(e, 'to').split('/')[0] === jid).length;
const hide = async (): Promise<void> => {
  await alice.do({ do: 'set-presence', show: 'invisible', status: '' });
  since = server.said.length;
};
/** A device of a new kind with a new picture, and words that say nothing of typing; all that comes of it has come. */
async function writes(from: string): Promise<void> {
  server.inject(`<presence xmlns="jabber:client" from="${from}/x" to="${own}/web"><c xmlns="${NS.caps}" hash="sha-1" node="n" ver="new"/><x xmlns="${NS.vcardUpdate}"><photo>abc</photo></x></presence>`);
  server.arrive(from, 'm', 'hello');
  await alice.until((s) => s.conversations[from]?.last?.text === 'hello', 'the message');
  await alice.send(peer, 'end', { id: 'end' });
  await alice.until(() => alice.messages(peer).find((m) => m.id === 'end' && m.entry), 'its place');
}

it('a stranger is asked nothing', async () => {
  await writes(stranger);
  expect(asked(stranger)).toBe(0);
});
it('nobody is, by one who is invisible', async () => {
  await hide();
  await writes(stranger);
  await writes(friend);
  expect([asked(stranger), asked(friend)]).toEqual([0, 0]);
  await alice.do({ do: 'get-profile', jid: friend }); // the user wants to know
  expect(asked(friend)).toBe(1);
});
it('a contact who sees one is asked, once one is visible (again)', async () => {
  await writes(friend);
  expect(asked(friend)).toBe(3); // the card twice, and what the app can
});
it('a new contact on another server is asked for the card once one is visible again', async () => {
  await hide();
  const gil = 'gil@elsewhere.example';
  server.inject(`<iq xmlns="jabber:client" type="set" id="push" from="${own}"><query xmlns="${NS.roster}"><item jid="${gil}" subscription="both"/></query></iq>`);
  await writes(gil);
  expect(asked(gil)).toBe(0);
  await alice.do({ do: 'set-presence', show: 'online', status: '' });
  await alice.until(() => asked(gil) === 1, 'the question');
});
