import { describe, expect, it } from 'vitest';
import type { VirtualizerHandle } from 'virtua/solid';
import { ScrollOwner } from './scroll';

/** A list of rows 100 px high in a window of 300. */
function list(rows: { id: string }[], offset: number): VirtualizerHandle & { moves: string[] } {
  const moves: string[] = [];
  return {
    moves, scrollOffset: offset, scrollSize: rows.length * 100, viewportSize: 300, cache: undefined as never,
    findItemIndex: (at) => Math.floor(at / 100), getItemOffset: (i) => i * 100, getItemSize: () => 100,
    scrollToIndex: (i, options) => void moves.push(`row ${i} ${options?.align}`), scrollTo: (at) => void moves.push(`to ${at}`), scrollBy: () => undefined,
  };
}
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ id: `m${from + i}` }));

describe('the owner of the scroll position', () => {
  it('holds the end while one reads the newest', () => {
    const owner = new ScrollOwner();
    const first = list(rows(0, 10), 700);
    owner.attach(first);
    owner.rowsChanged(rows(0, 10), true);
    owner.scrolled();
    owner.rowsChanged(rows(0, 11), true);
    owner.resized();
    expect(first.moves).toEqual(['row 9 end', 'row 10 end', 'row 10 end']);
  });

  it('leaves the row being read alone when something comes below', () => {
    const owner = new ScrollOwner();
    const reading = list(rows(0, 10), 250);
    owner.sticks = false;
    owner.attach(reading);
    owner.rowsChanged(rows(0, 10), true);
    owner.scrolled();
    owner.rowsChanged(rows(0, 11), true);
    owner.resized();
    expect(reading.moves).toEqual([]);
  });

  it('puts the row being read back where the list could not keep it', () => {
    const owner = new ScrollOwner();
    const reading = list(rows(0, 10), 250);
    owner.sticks = false;
    owner.attach(reading);
    owner.rowsChanged(rows(0, 10), true);
    owner.scrolled(); // m2, 50 px into it
    owner.rowsChanged(rows(1, 12), false);
    expect(reading.moves).toEqual(['to 150']);
  });

  it('says which row is the last that is seen', () => {
    const owner = new ScrollOwner();
    owner.sticks = false;
    owner.attach(list(rows(0, 10), 250));
    owner.rowsChanged(rows(0, 10), true);
    expect(owner.lastSeen()).toBe(5);
  });
});
