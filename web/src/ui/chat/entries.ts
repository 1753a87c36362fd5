// Order of log entries: decimal numbers of up to 20 digits, compared without being made numbers.
import type { EntryId, Message } from '../../model/types';

export function compareEntries(a: EntryId, b: EntryId): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Whether a message lies after what has been read. One that is not in the log yet is an own one on its way. */
export function isAfter(message: Message, readUpTo: EntryId | undefined): boolean {
  return message.entry !== undefined && (readUpTo === undefined || compareEntries(message.entry, readUpTo) > 0);
}
