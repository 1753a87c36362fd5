// What stands in which order in the main panel.
import type { AppState, BareJid, Contact, Conversation, Show } from '../../model/types';
import { contactName } from '../names';

/** Pinned ones first; in each part the newest first. A draft keeps its conversation in the list. */
export function orderConversations(conversations: Record<BareJid, Conversation>): Conversation[] {
  return Object.values(conversations)
    .filter((c) => c.last || c.unread > 0 || c.draft || c.pinned)
    .sort((a, b) => Number(b.pinned) - Number(a.pinned) || (b.last?.at ?? 0) - (a.last?.at ?? 0) || (a.jid < b.jid ? -1 : 1));
}

export type ContactRow =
  | { kind: 'group'; name: string; online: number; total: number; open: boolean }
  | { kind: 'contact'; group: string; contact: Contact };

const rank: Record<Show, number> = { chat: 0, online: 0, dnd: 1, away: 2, xa: 2, offline: 3 };

/** Groups by name, contacts without one in the group ''; who is online comes first. */
export function contactRows(state: AppState, closed: ReadonlySet<string>): ContactRow[] {
  const collator = new Intl.Collator(state.settings.language);
  const groups = new Map<string, Contact[]>();
  for (const contact of Object.values(state.contacts)) {
    for (const name of contact.groups.length ? contact.groups : ['']) groups.set(name, [...(groups.get(name) ?? []), contact]);
  }
  const rows: ContactRow[] = [];
  const names = [...groups.keys()].sort((a, b) => Number(a !== '') - Number(b !== '') || collator.compare(a, b));
  for (const name of names) {
    const members = groups.get(name)!.sort(
      (a, b) => rank[a.show] - rank[b.show] || collator.compare(contactName(a, a.jid), contactName(b, b.jid)));
    const open = !closed.has(name);
    rows.push({ kind: 'group', name, online: members.filter((c) => c.show !== 'offline').length, total: members.length, open });
    if (open) rows.push(...members.map((contact): ContactRow => ({ kind: 'contact', group: name, contact })));
  }
  return rows;
}
