/**
 * Keeps entries that are the same from one computation to the next, so that a list draws again only what changed.
 * `key` names an entry, `same` says whether the old one will do.
 */
export function keepRows<T>(previous: readonly T[], next: T[], key: (row: T) => string, same: (a: T, b: T) => boolean): T[] {
  const old = new Map(previous.map((row) => [key(row), row]));
  return next.map((row) => {
    const before = old.get(key(row));
    return before !== undefined && same(before, row) ? before : row;
  });
}
