import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScrollOwner } from './scroll';

/** A list of rows 100 px high in a window of 300, and what its owner does to it. */
function list(rows: { id: string }[], offset: number) {
  const moves: (number | 'end')[] = [];
  const frames: (() => void)[] = [];
  const owner = new ScrollOwner((to) => {
    moves.push(to === Number.MAX_SAFE_INTEGER ? 'end' : to);
    return Math.min(to, handle.scrollSize - handle.viewportSize);
  }, (then) => void frames.push(then));
  const frame = () => { for (const then of frames.splice(0)) then(); };
  const handle = {
    scrollOffset: offset, scrollSize: rows.length * 100, viewportSize: 300,
    findItemIndex: (at: number) => Math.floor(at / 100), getItemOffset: (i: number) => i * 100, getItemSize: () => 100,
  };
  owner.sticks = offset + 300 >= handle.scrollSize;
  owner.attach(handle);
  owner.rowsChanged(rows, true);
  owner.scrolled();
  const done = moves.splice(0);
  return { owner, handle, moves, done, frame };
}
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ id: `m${from + i}` }));

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('the owner of the scroll position', () => {
  it('holds the end while one reads the newest', () => {
    const { owner, moves, done } = list(rows(0, 10), 700);
    expect(done).toEqual(['end']);
    owner.rowsChanged(rows(0, 11), true);
    owner.resized();
    expect(moves).toEqual(['end', 'end']);
  });

  it('holds the end though the list says before it is measured, or after it has grown, that this is not the end', () => {
    const { owner, handle, moves } = list(rows(0, 10), 700);
    Object.assign(handle, { viewportSize: 0 });
    owner.scrolled();
    Object.assign(handle, { viewportSize: 300, scrollSize: 1500 });
    owner.scrolled();
    owner.resized();
    expect(moves).toEqual(['end', 'end']);
  });

  it('leaves the row being read alone when something comes below', () => {
    const { owner, moves } = list(rows(0, 10), 250);
    owner.rowsChanged(rows(0, 11), true);
    owner.resized();
    expect(moves).toEqual([]);
  });

  it('puts the row being read back where the list could not keep it', () => {
    const { owner, moves } = list(rows(0, 10), 250); // m2, 50 px into it
    owner.rowsChanged(rows(1, 12), false);
    expect(moves).toEqual([150]);
  });

  it('holds what is being read while older rows that came above are measured', () => {
    const { owner, handle, moves, frame } = list(rows(10, 30), 0);
    handle.getItemOffset = (i) => i * 100 + (i > 0 ? 50 : 0);
    owner.resized();
    frame(); // m11 is 150 px below the upper edge
    handle.getItemOffset = (i) => i * 100 + (i > 10 ? 50 : 0);
    owner.rowsChanged(rows(0, 30), true, true);
    handle.scrollOffset = 1000; // the list has kept it
    frame();
    expect(moves).toEqual([]);
    handle.getItemOffset = (i) => i * 100 + (i > 10 ? 50 : 0) + (i > 7 ? 120 : 0);
    owner.resized();
    owner.scrolled();
    frame();
    expect(moves).toEqual([1120]);
    handle.scrollOffset = 1120;
    owner.turned();
    handle.getItemOffset = (i) => i * 100 + (i > 5 ? 240 : 0);
    owner.resized();
    frame();
    vi.advanceTimersByTime(1000);
    owner.resized();
    frame();
    expect(moves).toEqual([1120]);
  });

  it('holds what is being read until rows could be measured, though the machine is too busy for a frame', () => {
    const { owner, handle, moves, frame } = list(rows(10, 30), 0);
    owner.resized();
    frame(); // m11 is 100 px below the upper edge
    owner.rowsChanged(rows(0, 30), true, true);
    handle.scrollOffset = 1000; // the list has kept it
    frame();
    vi.advanceTimersByTime(5000);
    frame();
    handle.getItemOffset = (i) => i * 100 + (i > 7 ? 120 : 0);
    owner.resized();
    frame();
    expect(moves).toEqual([1120]);
    handle.scrollOffset = 1120;
    vi.advanceTimersByTime(5000);
    frame();
    frame();
    handle.getItemOffset = (i) => i * 100 + (i > 7 ? 240 : 0);
    owner.resized();
    frame();
    expect(moves).toEqual([1120]);
  });

  it('does not hold what the hand is moving when older rows come', () => {
    const { owner, handle, moves, frame } = list(rows(10, 30), 0);
    owner.turned();
    owner.rowsChanged(rows(0, 30), true, true);
    handle.getItemOffset = (i) => i * 100 + (i > 7 ? 120 : 0);
    owner.resized();
    frame();
    expect(moves).toEqual([]);
  });

  it('says which row is the last that is seen', () => {
    expect(list(rows(0, 10), 250).owner.lastSeen()).toBe(5);
  });

  it('holds a row that was jumped to until the rows around it have been measured', () => {
    const { owner, handle, moves } = list(rows(0, 20), 1700);
    expect(owner.toRow('m5', 'start')).toBe(true);
    handle.getItemOffset = (i) => i * 130;
    owner.resized();
    handle.scrollOffset = 650;
    vi.advanceTimersByTime(200);
    handle.getItemOffset = (i) => i * 140;
    owner.resized();
    expect(moves).toEqual([500, 650]);
    expect(owner.toRow('m99')).toBe(false);
  });

  it('lets go at once when the user turns the wheel, right after a jump to the end as well', () => {
    const { owner, handle, moves } = list(rows(0, 20), 200);
    owner.toEnd();
    handle.scrollOffset = 1700;
    owner.scrolled();
    owner.turned();
    handle.scrollOffset = 1690; // the wheel has only begun to move it
    owner.scrolled();
    owner.resized();
    owner.rowsChanged(rows(0, 21), true);
    expect(moves).toEqual(['end']);
    handle.scrollOffset = 1200;
    owner.scrolled();
    vi.advanceTimersByTime(1000);
    owner.resized();
    expect(moves).toEqual(['end']);
  });

  it('lets go of a row that was jumped to when the user turns the wheel', () => {
    const { owner, moves } = list(rows(0, 20), 1700);
    owner.toRow('m5', 'start');
    owner.turned();
    owner.resized();
    expect(moves).toEqual([500]);
  });

  it('holds the end again once the hand has brought it there, and where there is nothing to scroll', () => {
    const { owner, handle, moves } = list(rows(0, 20), 1700);
    owner.turned();
    handle.scrollOffset = 1680;
    owner.scrolled();
    vi.advanceTimersByTime(1000);
    owner.resized();
    expect(moves).toEqual(['end']);
    const short = list(rows(0, 2), 0);
    short.owner.turned();
    short.owner.resized();
    expect(short.moves).toEqual(['end']);
  });
});
