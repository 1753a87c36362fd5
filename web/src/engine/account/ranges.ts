// Which stretches of a conversation's log are known to be whole. From and to are inclusive; from '0' reaches the beginning.
import { compareEntries } from '../../model/item';
import type { EntryId } from '../../model/types';

export type Range = [EntryId, EntryId];
/** After every entry. */
export const END: EntryId = '99999999999999999999';
export const BEGINNING: EntryId = '0';

/** Adds one and joins what touches. Sorted, oldest first. */
export function addRange(ranges: readonly Range[], added: Range): Range[] {
  const out: Range[] = [];
  let [from, to] = added;
  if (compareEntries(from, to) > 0) return [...ranges];
  for (const range of ranges) {
    const apart = compareEntries(range[1], from) < 0 || compareEntries(range[0], to) > 0;
    if (apart) {
      out.push(range);
      continue;
    }
    if (compareEntries(range[0], from) < 0) from = range[0];
    if (compareEntries(range[1], to) > 0) to = range[1];
  }
  out.push([from, to]);
  return out.sort((a, b) => compareEntries(a[0], b[0]));
}

/** What lies before the floor is not there any more. */
export function above(ranges: readonly Range[], floor: EntryId): Range[] {
  return ranges
    .filter(([, to]) => compareEntries(to, floor) >= 0)
    .map(([from, to]) => (compareEntries(from, floor) < 0 ? [floor, to] : [from, to]));
}

/** The one that holds the entry. */
export function rangeOf(ranges: readonly Range[], entry: EntryId): Range | undefined {
  return ranges.find(([from, to]) => compareEntries(from, entry) <= 0 && compareEntries(entry, to) <= 0);
}
