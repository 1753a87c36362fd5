// A card is shared with other clients: what is not edited here stays as it was written.
import { expect, it } from 'vitest';
import { editVcard, readVcard } from '../../src/engine/account/vcard';
import type { Profile } from '../../src/model/types';
import { NS } from '../../src/engine/xmpp/ns';
import { children, parse, text } from '../../src/engine/xmpp/xml';

const full = `<vCard xmlns="${NS.vcard}"><FN>Alice Liddell</FN><N><FAMILY>Liddell</FAMILY></N><NICKNAME>Ally</NICKNAME>`
  + '<EMAIL><INTERNET/><PREF/><USERID>a@one.example</USERID></EMAIL><EMAIL><INTERNET/><USERID>a@two.example</USERID></EMAIL>'
  + '<TEL><HOME/><NUMBER>1</NUMBER></TEL><TEL><WORK/><NUMBER>2</NUMBER></TEL>'
  + '<ADR><HOME/><STREET>Tom Quad</STREET><LOCALITY>Oxford</LOCALITY><CTRY>UK</CTRY></ADR><URL>https://one.example/</URL>'
  + '<ORG><ORGNAME>Christ Church</ORGNAME><ORGUNIT>Deanery</ORGUNIT></ORG><PHOTO><EXTVAL>https://one.example/a.png</EXTVAL></PHOTO></vCard>';
const edit = (patch: Partial<Profile>, card = full): string => editVcard(patch, parse(card)).toString();

it('with nothing edited it is the same', () => expect(edit({})).toBe(full));

it.each<[string, Partial<Profile>, string, string]>([
  ['the nickname, not the full name', { nickname: 'Lewis' }, '<NICKNAME>Ally<', '<NICKNAME>Lewis<'],
  ['the first e-mail address only', { email: 'b@one.example' }, 'a@one.example', 'b@one.example'],
  ['the first number only', { phone: '3' }, '<NUMBER>1<', '<NUMBER>3<'],
  ['the town of an address', { region: 'London' }, 'Oxford', 'London'],
  ['the name of an organisation', { organisation: 'Rookery & sons' }, 'Christ Church', 'Rookery &amp; sons'],
  ['the homepage', { homepage: '' }, '<URL>https://one.example/</URL>', ''],
  ['an e-mail address that goes', { email: '' }, '<EMAIL><INTERNET/><PREF/><USERID>a@one.example</USERID></EMAIL>', ''],
  ['a town that goes', { region: '' }, '<LOCALITY>Oxford</LOCALITY>', ''],
  ['a picture that goes', { avatar: '' }, '<PHOTO><EXTVAL>https://one.example/a.png</EXTVAL></PHOTO>', ''],
])('%s changes, the rest stays', (_, patch, before, after) => expect(edit(patch)).toBe(full.replace(before, after)));

it('a new card has what was given, and a full name', () => {
  const given = { nickname: 'Bob', signature: 'hi', email: 'b@x.example', phone: '1', birthday: '2000-01-01', region: 'Rome', homepage: 'https://x.example/', organisation: 'X' };
  const card = editVcard(given, undefined);
  expect(readVcard('bob@x', card)).toMatchObject(given);
  expect(text(children(card).find((c) => c.getName() === 'FN'))).toBe('Bob');
  expect(editVcard({ ...given, nickname: '', signature: '', email: '', phone: '', birthday: '', region: '', homepage: '', organisation: '' }, card).toString()).toBe(`<vCard xmlns="${NS.vcard}"/>`);
});
it('a region stands where it was', () => {
  const card = `<vCard xmlns="${NS.vcard}"><ADR><REGION>Lazio</REGION></ADR></vCard>`;
  expect(edit({ region: 'Umbria' }, card)).toBe(card.replace('Lazio', 'Umbria'));
});
