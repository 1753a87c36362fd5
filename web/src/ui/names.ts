// What people are called on the screen.
import type { AppState, BareJid, Contact } from '../model/types';

export function localPart(jid: BareJid): string {
  const at = jid.indexOf('@');
  return at > 0 ? jid.slice(0, at) : jid;
}

/** The user's own remark first, then what the person calls himself, then the address. */
export function contactName(contact: Contact | undefined, jid: BareJid): string {
  return contact?.remark || contact?.profile.nickname || localPart(jid);
}

export function nameOf(state: AppState, jid: BareJid): string {
  if (state.self?.jid === jid) return state.self.nickname || localPart(jid);
  const contact = state.contacts[jid];
  if (contact) return contactName(contact, jid);
  // Who asks to be a contact has said what he is called.
  return state.requests.find((request) => request.jid === jid)?.nickname || state.people[jid]?.nickname || localPart(jid);
}

export function avatarOf(state: AppState, jid: BareJid): string {
  return (state.self?.jid === jid ? state.self.avatar : (state.contacts[jid]?.profile ?? state.people[jid])?.avatar) ?? '';
}

/** The part of an address one searches by: everybody's domain is the same, and would find everybody; with '@' it is meant. */
export function searchedPart(query: string, jid: BareJid): string {
  return query.includes('@') ? jid : localPart(jid);
}

/** What one can be found by when typing into the search box. */
export function matches(query: string, ...texts: string[]): boolean {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => texts.some((text) => text.toLocaleLowerCase().includes(word)));
}
