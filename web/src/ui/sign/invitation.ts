// Links that invite. What makes one good, its token, stands behind '#': browsers do not send that to any server.
import type { BareJid } from '../../model/types';
import { looksLikeAddress } from './address';

export interface Invitation {
  /** Who invites; '' where those do who run the server. */
  from: BareJid;
  /** The only name it is for; '' any. */
  name: string;
  /** Where its token makes an account; '' where this page signs in anyway. */
  domain: string;
  /** '' in a link that only says who invites. */
  token: string;
  /** The token makes an account, too; else a contact only. */
  account: boolean;
}

/** https://example.org/?from=<address>#/invite/<token>: who opens it makes an account or signs in, and becomes a contact of that person. */
export function invitationLink(origin: string, jid: string, made?: { token: string; account: boolean } | null): string {
  const link = `${origin}/?${new URLSearchParams({ from: jid })}`;
  return made ? `${link}#/${made.account ? 'invite' : 'contact'}/${encodeURIComponent(made.token)}` : link;
}
export function readInvitation(at: { search: string; hash: string }): Invitation | null {
  const words = new URLSearchParams(at.search);
  const from = words.get('from') ?? '';
  const name = words.get('name') ?? '';
  const [, kind = '', token = ''] = /^#\/(invite|contact)\/([\w.~-]{1,200})$/.exec(at.hash) ?? [];
  const person = looksLikeAddress(from) ? from : '';
  if (!token && !person) return null;
  const domain = words.get('domain') ?? person.split('@')[1] ?? '';
  return {
    from: person, name: looksLikeAddress(`${name}@x`) ? name : '', domain: token && looksLikeAddress(`x@${domain}`) ? domain : '',
    token, account: kind === 'invite',
  };
}

let spent = '';
const tokens = new Map<BareJid, string>();

/** An account is being made with this token on this page: who invites is a contact then, and is not asked. */
export function spendToken(token: string): void {
  spent = token;
}
export function isSpent(token: string): boolean {
  return token !== '' && token === spent;
}
/** By which this person grants a request without being asked, as long as this page is open. */
export function keepToken(jid: BareJid, token: string): void {
  tokens.set(jid, token);
}
export function tokenOf(jid: BareJid): string | undefined {
  return tokens.get(jid);
}
