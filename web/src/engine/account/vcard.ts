// vCards (XEP-0054) as profiles and back. What a card has beyond what we show is kept when ours is changed.
import type { BareJid, Profile } from '../../model/types';
import { NS } from '../xmpp/ns';
import { child, el, Element, text } from '../xmpp/xml';
import { dataUrl, readPicture } from './image';
import { webUrl } from './file';

const FIELD_MAX = 500;

export const emptyProfile = (jid: BareJid): Profile => ({ jid, nickname: '', signature: '', avatar: '', avatarHash: '' });

export function readVcard(jid: BareJid, card: Element | undefined): Profile {
  const field = (...path: string[]): string => {
    let at = card;
    for (const name of path) at = child(at, name);
    return text(at).trim().slice(0, FIELD_MAX);
  };
  const picture = readPicture(text(child(child(card, 'PHOTO'), 'BINVAL')));
  return {
    jid,
    nickname: field('NICKNAME') || field('FN'),
    signature: field('DESC'),
    avatar: picture ? dataUrl(picture) : '',
    avatarHash: picture?.hash ?? '',
    email: field('EMAIL', 'USERID') || undefined,
    phone: field('TEL', 'NUMBER') || undefined,
    birthday: field('BDAY') || undefined,
    region: field('ADR', 'LOCALITY') || field('ADR', 'REGION') || undefined,
    homepage: webUrl(field('URL')) || undefined,
    organisation: field('ORG', 'ORGNAME') || undefined,
  };
}

/** Tells one state of a card from another; said in presence, so that contacts ask for it again when it has changed. */
export function cardVersion(p: Profile): string {
  const said = JSON.stringify([p.nickname, p.signature, p.email, p.phone, p.birthday, p.region, p.homepage, p.organisation].map((field) => field ?? ''));
  // FNV-1a: a difference is to be noticed, nothing is to be protected.
  let hash = 0x811c9dc5;
  for (let i = 0; i < said.length; ++i) hash = Math.imul(hash ^ said.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36);
}

/** The card with the profile's fields in the place of its own. */
export function writeVcard(profile: Profile, old: Element | undefined): Element {
  const ours = ['FN', 'NICKNAME', 'DESC', 'PHOTO', 'EMAIL', 'TEL', 'BDAY', 'ADR', 'URL', 'ORG'];
  const card = el('vCard', { xmlns: NS.vcard });
  for (const kept of old?.children ?? []) if (kept instanceof Element && !ours.includes(kept.getName())) card.cnode(kept);
  const add = (name: string, value: string | undefined, inner?: string): void => {
    if (value) card.cnode(inner ? el(name, {}, el(inner, {}, value)) : el(name, {}, value));
  };
  add('FN', profile.nickname);
  add('NICKNAME', profile.nickname);
  add('DESC', profile.signature);
  add('EMAIL', profile.email, 'USERID');
  add('TEL', profile.phone, 'NUMBER');
  add('BDAY', profile.birthday);
  add('ADR', profile.region, 'LOCALITY');
  add('URL', profile.homepage);
  add('ORG', profile.organisation, 'ORGNAME');
  const picture = /^data:image\/[a-z]+;base64,(.*)$/s.exec(profile.avatar)?.[1];
  const checked = picture ? readPicture(picture) : null;
  if (checked) card.cnode(el('PHOTO', {}, el('TYPE', {}, checked.type), el('BINVAL', {}, checked.base64)));
  return card;
}
