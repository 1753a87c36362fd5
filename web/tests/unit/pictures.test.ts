// Pictures in cards (XEP-0153): what is said of one's own, and how often others' are asked for.
import { afterEach, expect, it } from 'vitest';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, text, type Element } from '../../src/engine/xmpp/xml';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { own, peer, simulated, visit } from './visit';

let server: SimulatedServer;
let alice: User;
afterEach(() => alice.engine.stop());

const png = btoa('\x89PNG\r\n\x1a\n');
const photo = (presence: Element): Element | undefined => child(child(presence, 'x', NS.vcardUpdate), 'photo');
const presences = (): Element[] => server.said.filter((e) => e.name === 'presence');

it('before the own card is known nothing is said of a picture, then its hash, or that there is none (§4.1)', async () => {
  server = simulated();
  server.cards[own] = `<NICKNAME>Alice</NICKNAME><PHOTO><BINVAL>${png}</BINVAL></PHOTO>`;
  alice = await visit(server);
  await alice.until(() => presences().length > 1, 'the second presence');
  const [first, second] = presences();
  expect(child(first, 'x', NS.vcardUpdate)).toBeTruthy();
  expect([photo(first!), child(first, 'card', NS.web)]).toEqual([undefined, undefined]);
  expect(text(photo(second!))).toMatch(/^[0-9a-f]{40}$/);
  alice.engine.stop();

  server = simulated();
  alice = await visit(server);
  await alice.until(() => presences().length > 1, 'the second presence');
  expect(text(photo(presences()[1]!) ?? child(undefined, ''))).toBe('');
  expect(photo(presences()[1]!)).toBeTruthy();
});

it('a card that does not bear out what presence says is asked for once, and again when it says something else', async () => {
  server = simulated();
  server.cards[peer] = `<NICKNAME>Bob</NICKNAME><PHOTO><BINVAL>${btoa('<svg/>')}</BINVAL></PHOTO>`;
  alice = await visit(server);
  await alice.until((s) => s.contacts[peer]?.profile.nickname === 'Bob', 'the card');
  const asked = (): number => server.said.filter((e) => child(e, 'vCard', NS.vcard) && attr(e, 'to') === peer).length;
  const before = asked();
  const says = async (hash: string, show: string): Promise<void> => {
    server.inject(`<presence xmlns="jabber:client" from="${peer}/x" to="${own}"><show>${show}</show><x xmlns="${NS.vcardUpdate}"><photo>${hash}</photo></x></presence>`);
    await alice.until((s) => s.contacts[peer]!.show === show, show);
  };
  for (const show of ['away', 'dnd', 'xa', 'chat']) await says('a'.repeat(40), show);
  await alice.until(() => asked() > before, 'the question');
  server.arrive(peer, 'end', 'end');
  await alice.until(() => alice.texts(peer).includes('end'), 'the end');
  expect(asked()).toBe(before + 1);
  await says('b'.repeat(40), 'away');
  await alice.until(() => asked() === before + 2, 'the next question');
});
