// What a message and all that was said about it later come to.
import { compareEntries, type MessageItem, type ModItem } from './item';
import type { BareJid, Delivery, EntryId, Message } from './types';

/** Of an own message on its way: where the outbox has it. */
export type OnItsWay = 'waiting' | 'sent' | 'failed' | undefined;

export interface FoldContext {
  /** All own messages up to here have been read by the peer. */
  peerRead: EntryId;
  way?: OnItsWay;
  failure?: string;
  pending?: boolean;
}

/** Corrections and withdrawals count from the author alone, receipts and markers from the other side alone (CASES 42). */
export function fold(item: MessageItem, mods: ModItem[], context: FoldContext): Message {
  const sorted = [...mods].sort(byAge);
  const byAuthor = sorted.filter((m) => m.from === item.from);
  const withdrawn = byAuthor.find((m) => m.kind === 'withdraw')?.at ?? item.withdrawn;
  const edit = item.kind === 'message' ? byAuthor.filter((m) => m.kind === 'edit').at(-1) : undefined;
  return {
    id: item.id,
    entry: item.entry || undefined,
    conversation: item.conversation,
    from: item.from,
    mine: item.mine,
    at: item.at,
    text: withdrawn ? '' : (edit?.text ?? item.text),
    kind: item.kind === 'nudge' ? 'nudge' : 'text',
    ...delivery(item, sorted, context),
    edited: withdrawn ? undefined : edit?.at,
    pending: context.pending || undefined,
    withdrawn,
    // Some clients leave the quotation out when an answer is corrected.
    quote: withdrawn ? undefined : (edit?.quote ?? item.quote),
    // A correction replaces the whole message: what was a file's address and is text now shows no file any more.
    file: withdrawn || edit ? undefined : item.file,
    moreFiles: withdrawn || edit ? undefined : item.moreFiles,
    reactions: withdrawn ? {} : reactions(sorted),
    unstyled: (edit ?? item).unstyled,
    unreadable: withdrawn ? undefined : item.unreadable,
  };
}

function byAge(a: ModItem, b: ModItem): number {
  if (a.entry && b.entry) return compareEntries(a.entry, b.entry);
  return a.entry ? -1 : b.entry ? 1 : a.at - b.at; // what has no entry yet is the newest
}

function delivery(item: MessageItem, mods: ModItem[], context: FoldContext): { delivery: Delivery; failure?: string } {
  if (!item.mine) return { delivery: 'sent' };
  const theirs = mods.filter((m) => m.from !== item.from);
  const read = (item.entry !== '' && compareEntries(item.entry, context.peerRead) <= 0) || theirs.some((m) => m.kind === 'displayed');
  if (read) return { delivery: 'read' };
  if (theirs.some((m) => m.kind === 'receipt')) return { delivery: 'delivered' };
  const error = theirs.find((m) => m.kind === 'error');
  if (context.way === 'failed' || error) return { delivery: 'failed', failure: context.failure ?? error?.failure };
  return { delivery: context.way === 'waiting' ? 'waiting' : 'sent' };
}

function reactions(mods: ModItem[]): Record<string, BareJid[]> {
  const latest = new Map<BareJid, string[]>();
  for (const mod of mods) if (mod.kind === 'react') latest.set(mod.from, mod.emojis ?? []);
  const out: Record<string, BareJid[]> = Object.create(null) as Record<string, BareJid[]>;
  for (const [who, emojis] of latest) for (const emoji of new Set(emojis)) (out[emoji] ??= []).push(who);
  return { ...out };
}

/** The order of a conversation: by entry; what has none yet comes last, by time. */
export function byPlace(a: Pick<Message, 'entry' | 'at'>, b: Pick<Message, 'entry' | 'at'>): number {
  if (a.entry && b.entry) return compareEntries(a.entry, b.entry);
  return a.entry ? -1 : b.entry ? 1 : a.at - b.at;
}
