// vCards (XEP-0054) as profiles and back. What a card has beyond what we show is kept when ours is changed.
import type { BareJid, Profile } from '../../model/types';
import { NS } from '../xmpp/ns';
import { child, children, clean, el, type Element, text } from '../xmpp/xml';
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

/** The card with what the patch has in the place of what is shown of it; all else in it stays as other clients wrote it. */
export function editVcard(patch: Partial<Profile>, old: Element | undefined): Element {
  const card = el('vCard', { xmlns: NS.vcard }, ...children(old));
  if (patch.nickname !== undefined) putName(card, patch.nickname);
  put(card, 'DESC', patch.signature);
  putIn(card, 'EMAIL', 'USERID', patch.email);
  putIn(card, 'TEL', 'NUMBER', patch.phone);
  put(card, 'BDAY', patch.birthday);
  const address = child(card, 'ADR');
  putIn(card, 'ADR', !text(child(address, 'LOCALITY')).trim() && child(address, 'REGION') ? 'REGION' : 'LOCALITY', patch.region);
  put(card, 'URL', patch.homepage);
  putIn(card, 'ORG', 'ORGNAME', patch.organisation);
  if (patch.avatar !== undefined) putPicture(card, patch.avatar);
  return card;
}

/** The full name is the nickname only where nobody has given another one. */
function putName(card: Element, nickname: string): void {
  const full = text(child(card, 'FN')).trim();
  if (full === '' || full === text(child(card, 'NICKNAME')).trim()) put(card, 'FN', nickname);
  put(card, 'NICKNAME', nickname);
}
/** undefined leaves it as it is, '' takes it away. */
function put(parent: Element, name: string, value: string | undefined): void {
  if (value === undefined) return;
  const known = child(parent, name);
  if (value === '') return void (known && parent.remove(known));
  if (known) known.children = [];
  (known ?? parent.c(name)).t(clean(value));
}
function putIn(card: Element, outer: string, inner: string, value: string | undefined): void {
  if (value === undefined) return;
  const holder = child(card, outer) ?? (value ? card.c(outer) : undefined);
  if (!holder) return;
  put(holder, inner, value);
  if (children(holder).every((part) => text(part).trim() === '')) card.remove(holder);
}
function putPicture(card: Element, avatar: string): void {
  const known = child(card, 'PHOTO');
  if (known) card.remove(known);
  const picture = /^data:image\/[a-z]+;base64,(.*)$/s.exec(avatar)?.[1];
  const checked = picture ? readPicture(picture) : null;
  if (checked) card.cnode(el('PHOTO', {}, el('TYPE', {}, checked.type), el('BINVAL', {}, checked.base64)));
}
