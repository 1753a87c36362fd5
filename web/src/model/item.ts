// What the account's log holds of a conversation, entry by entry: messages, and what changes them. Items never change;
// a Message is what they come to (fold.ts), so the order in which pages arrive does not matter.
import type { BareJid, EntryId, Quote, SharedFile, Time } from './types';

interface Common {
  conversation: BareJid;
  /** '' for what the server did not keep, or has not told yet. */
  entry: EntryId;
  at: Time;
  from: BareJid;
  mine: boolean;
  /** As the sender gave it: the `id` attribute, else its origin-id, else ''. */
  wire: string;
  /** Its origin-id (XEP-0359), where that is another than `wire`: others may name it by either. */
  aka?: string;
}
export interface MessageItem extends Common {
  kind: 'message' | 'nudge';
  /** Message.id: see messageId(). */
  id: string;
  text: string;
  quote?: Quote;
  file?: SharedFile;
  moreFiles?: SharedFile[];
  unreadable?: string;
  /** A correction of what is not known here: it has the place of the correction until that comes. */
  standsIn?: boolean;
  /** An archive that keeps no words of what was withdrawn (XEP-0424 §5) says when. */
  withdrawn?: Time;
  /** What a stranger calls himself (XEP-0172 §4.2). */
  nick?: string;
  /** XEP-0393 §6. */
  unstyled?: boolean;
  /** It is to be felt (XEP-0224): at once or not at all. */
  attention?: boolean;
  /** The sender asks for a receipt (XEP-0184), for a marker (XEP-0333). */
  wantsReceipt?: boolean;
  markable?: boolean;
}
export interface ModItem extends Common {
  /** An alias is of our own making: `target` is another name of the message `original`, of a correction or an origin-id. */
  kind: 'edit' | 'withdraw' | 'react' | 'receipt' | 'displayed' | 'error' | 'alias';
  /** As on the wire: an id given by whoever wrote the message meant. */
  target: string;
  original?: string;
  text?: string;
  quote?: Quote;
  unstyled?: boolean;
  emojis?: string[];
  failure?: string;
  /** Of an own 'displayed' to own devices: the entry it goes up to. */
  through?: EntryId;
}
export type Item = MessageItem | ModItem;

/** The other name that an item gives to a message, if it does: what names a correction means what was corrected (XEP-0308, XEP-0444). */
export function aliasOf(item: Item): ModItem | null {
  const { conversation, entry, at, from, mine, wire } = item;
  const [name, original] = isMessage(item) ? [item.aka, wire] : item.kind === 'edit' ? [wire, item.target] : [];
  return name && name !== original ? { conversation, entry, at, from, mine, wire: '', kind: 'alias', target: name, original } : null;
}

export const isMessage = (item: Item): item is MessageItem => item.kind === 'message' || item.kind === 'nudge';

/** Ids that others give cannot be taken for own ones: theirs get a mark in front. */
export function messageId(item: { mine: boolean; wire: string; entry: EntryId }): string {
  if (!item.wire) return 'e' + item.entry;
  return item.mine ? item.wire : '~' + item.wire;
}
/** The id on the wire of a Message.id; '' where there is none to refer to. */
export function wireId(id: string): string {
  return id.startsWith('~') ? id.slice(1) : /^e[0-9]+$/.test(id) ? '' : id;
}

/** Entries are decimal numbers of up to 64 bits: more digits are more. '' is before all. */
export function compareEntries(a: EntryId, b: EntryId): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
export const laterEntry = (a: EntryId, b: EntryId): EntryId => (compareEntries(a, b) >= 0 ? a : b);
