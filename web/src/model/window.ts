// A window onto a conversation's log: a stretch that is whole, with what is known of its ends. Rows outside leave it.
import { compareEntries } from './item';
import { byPlace } from './fold';
import type { BareJid, EntryId, HistoryWindow, Message } from './types';

/** Rows a window holds; beyond that the far end leaves, and comes again when it is scrolled to. */
export const WINDOW_ROWS_MAX = 400;
/** What comes live may make it longer: the row being read is perhaps the first. */
export const LIVE_ROWS_MAX = 1_000;

export const emptyWindow = (conversation: BareJid): HistoryWindow => ({ conversation, messages: [], atStart: false, atEnd: false, loading: null });

const firstEntry = (messages: Message[]): EntryId | undefined => messages.find((m) => m.entry)?.entry;
const lastEntry = (messages: Message[]): EntryId | undefined => messages.findLast((m) => m.entry)?.entry;

/** One message, new or changed. What lies beyond an open end is not taken in: it comes when that end is asked for. */
export function place(window: HistoryWindow, message: Message): HistoryWindow {
  const { messages } = window;
  const at = messages.findIndex((m) => m.id === message.id);
  if (at >= 0 && messages[at]!.entry === message.entry) return { ...window, messages: messages.with(at, message) };
  const rest = at >= 0 ? messages.toSpliced(at, 1) : messages;
  if (at < 0 && !belongs(window, message)) return window;
  let to = rest.length;
  while (to > 0 && byPlace(rest[to - 1]!, message) > 0) --to;
  return trim({ ...window, messages: rest.toSpliced(to, 0, message) }, 'start', LIVE_ROWS_MAX);
}

function belongs(window: HistoryWindow, { entry }: Message): boolean {
  if (!entry) return window.atEnd;
  const [first, last] = [firstEntry(window.messages), lastEntry(window.messages)];
  const afterStart = window.atStart || (first !== undefined && compareEntries(entry, first) >= 0);
  const beforeEnd = window.atEnd || (last !== undefined && compareEntries(entry, last) <= 0);
  return afterStart ? beforeEnd : window.atEnd && first === undefined;
}

export type PageAt = 'newest' | 'before' | 'after' | 'around';
export interface Page {
  messages: Message[];
  atStart: boolean;
  atEnd: boolean;
}

/** A page that was asked for. What it has of the same messages is newer than what the window has. */
export function addPage(window: HistoryWindow, at: PageAt, page: Page): HistoryWindow {
  const calm = { ...window, loading: null, trouble: undefined };
  if (at === 'newest' || at === 'around') return { ...calm, messages: page.messages, atStart: page.atStart, atEnd: page.atEnd };
  const given = new Set(page.messages.map((m) => m.id));
  const kept = window.messages.filter((m) => !given.has(m.id));
  const messages = [...kept, ...page.messages].sort(byPlace);
  return at === 'before'
    ? trim({ ...calm, messages, atStart: page.atStart }, 'end')
    : trim({ ...calm, messages, atEnd: page.atEnd }, 'start');
}

/** Before a page is asked for: its rows will take the place of those at the far end. These go first, because a list that grows at
    one end and is cut at the other at once cannot tell where the row being read has gone. */
export function makeRoom(window: HistoryWindow, at: 'older' | 'newer', rows: number): HistoryWindow {
  return trim(window, at === 'older' ? 'end' : 'start', Math.max(WINDOW_ROWS_MAX - rows, rows));
}

function trim(window: HistoryWindow, from: 'start' | 'end', rows = WINDOW_ROWS_MAX): HistoryWindow {
  const surplus = window.messages.length - rows;
  if (surplus <= 0) return window;
  return from === 'start'
    ? { ...window, messages: window.messages.slice(surplus), atStart: false }
    : { ...window, messages: window.messages.slice(0, rows), atEnd: false };
}

/** What follows this entry is not known to be whole any more. */
export function cutAfter(window: HistoryWindow, entry: EntryId): HistoryWindow {
  const messages = window.messages.filter((m) => m.entry && compareEntries(m.entry, entry) <= 0);
  return { ...window, messages, atEnd: false };
}
