// From a window of messages to what the list draws: one row a message, with what stands over it (day, "new messages").
import type { EntryId, Message } from '../../model/types';
import { sameDay } from '../i18n/dates';
import { isAfter } from './entries';

export interface Row {
  id: string;
  message: Message;
  /** Where it stands in the window; the only thing that is changed in a row that is kept. */
  at: number;
  /** A new day begins here. */
  day: boolean;
  /** "New messages" stands over this one. */
  fresh: boolean;
  /** First and last of a run of messages of one person. */
  head: boolean;
  tail: boolean;
  /** The beginning of the conversation stands over this one. */
  start: boolean;
}

const run_ms = 4 * 60_000;

/** `previous` rows that would come out the same are used again, so that the list draws only what changed. */
export function buildRows(messages: readonly Message[], atStart: boolean, freshId: string | undefined, previous: ReadonlyMap<string, Row>): Row[] {
  const rows: Row[] = new Array<Row>(messages.length);
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i]!;
    const before = messages[i - 1];
    const after = messages[i + 1];
    const day = !before || !sameDay(before.at, message.at);
    const fresh = message.id === freshId;
    const head = day || fresh || !inRun(before, message);
    const tail = !after || after.id === freshId || !sameDay(after.at, message.at) || !inRun(message, after);
    const start = i === 0 && atStart;
    const old = previous.get(message.id);
    const keeps = old && old.message === message && old.day === day && old.fresh === fresh && old.head === head && old.tail === tail && old.start === start;
    rows[i] = keeps ? old : { id: message.id, message, at: i, day, fresh, head, tail, start };
    rows[i]!.at = i;
  }
  return rows;
}

function inRun(a: Message, b: Message): boolean {
  return a.from === b.from && a.kind === 'text' && b.kind === 'text' && b.at - a.at < run_ms && !a.withdrawn && !b.withdrawn;
}

/** The first message of someone else after what has been read. */
export function firstFresh(messages: readonly Message[], readUpTo: EntryId | undefined): Message | undefined {
  return messages.find((m) => !m.mine && isAfter(m, readUpTo));
}

export type Change = 'same' | 'append' | 'prepend' | 'replace' | 'reset';

/** Where rows were added at both ends at once: how many stand behind the last of before; 0 otherwise. The list can keep still what
    is read only for one end at a time. */
export function addedBehind(before: readonly { id: string }[], after: readonly { id: string }[]): number {
  const first = before[0];
  const from = first ? after.findIndex((row) => row.id === first.id) : -1;
  const to = from + before.length;
  return from > 0 && to < after.length && after[to - 1]!.id === before.at(-1)!.id ? after.length - to : 0;
}

/** How one list of ids came out of another: what decides who keeps still when the list is drawn again. */
export function changeOf(before: readonly { id: string }[], after: readonly { id: string }[]): Change {
  if (before.length === 0 || after.length === 0) return 'reset';
  const grown = after.length - before.length;
  const sameFirst = before[0]!.id === after[0]!.id;
  const sameLast = before.at(-1)!.id === after.at(-1)!.id;
  if (sameFirst && sameLast) return grown === 0 ? 'same' : 'replace';
  // At the end, grown or cut: nothing above has moved.
  const common = Math.min(before.length, after.length) - 1;
  if (sameFirst) return after[common]!.id === before[common]!.id ? 'append' : 'replace';
  if (sameLast && grown !== 0) return 'prepend';
  const known = new Set(before.map((row) => row.id));
  return after.some((row) => known.has(row.id)) ? 'replace' : 'reset';
}
