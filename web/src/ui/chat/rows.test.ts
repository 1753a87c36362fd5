import { describe, expect, it } from 'vitest';
import type { Message } from '../../model/types';
import { addedBehind, buildRows, changeOf, firstFresh, type Row } from './rows';

const noon = new Date(2026, 10, 24, 12).getTime();
const minute = 60_000;
function message(n: number, at: number, more: Partial<Message> = {}): Message {
  return { id: `m${n}`, entry: String(100 + n), conversation: 'b@x', from: 'b@x', mine: false, at, text: `${n}`, kind: 'text', delivery: 'sent', reactions: {}, ...more };
}
const index = (rows: Row[]): Map<string, Row> => new Map(rows.map((row) => [row.id, row]));

describe('rows of a window', () => {
  it('begin a day where the day is another', () => {
    const rows = buildRows([message(1, noon), message(2, noon + minute), message(3, noon + 24 * 60 * minute)], false, undefined, new Map());
    expect(rows.map((row) => row.day)).toEqual([true, false, true]);
  });

  it('run on while one person speaks without a long pause', () => {
    const rows = buildRows([message(1, noon), message(2, noon + minute), message(3, noon + 20 * minute), message(4, noon + 21 * minute, { from: 'me@x', mine: true })], false, undefined, new Map());
    expect(rows.map((row) => row.head)).toEqual([true, false, true, true]);
    expect(rows.map((row) => row.tail)).toEqual([false, true, true, true]);
  });

  it('mark the first new message, and the beginning only where it is the beginning', () => {
    const messages = [message(1, noon), message(2, noon + minute)];
    expect(buildRows(messages, true, 'm2', new Map()).map((row) => [row.start, row.fresh])).toEqual([[true, false], [false, true]]);
    expect(buildRows(messages, false, undefined, new Map())[0]!.start).toBe(false);
  });

  it('are kept where nothing changed, so that nothing is drawn again', () => {
    const old = [message(2, noon + minute), message(3, noon + 2 * minute)];
    const before = buildRows(old, false, undefined, new Map());
    const after = buildRows([message(1, noon), ...old], false, undefined, index(before));
    expect(after[2]).toBe(before[1]);
    expect(after[2]!.at).toBe(2);
    expect(after[1]).not.toBe(before[0]); // no longer the first of its day
  });
});

it('the first new message is the first of someone else after what was read; ids are compared as numbers', () => {
  const messages = [message(1, noon, { entry: '99' }), message(2, noon, { entry: '100', mine: true }), message(3, noon, { entry: '101' })];
  expect(firstFresh(messages, '99')?.id).toBe('m3');
  expect(firstFresh(messages, '101')).toBeUndefined();
  expect(firstFresh(messages, undefined)?.id).toBe('m1');
});

describe('how a list changed', () => {
  const ids = (...names: string[]) => names.map((id) => ({ id }));
  it.each([
    [ids('a', 'b'), ids('a', 'b'), 'same'],
    [ids('a', 'b'), ids('a', 'b', 'c'), 'append'],
    [ids('b', 'c'), ids('a', 'b', 'c'), 'prepend'],
    [ids('a', 'b', 'c'), ids('b', 'c'), 'prepend'],
    [ids('a', 'b', 'c'), ids('a', 'b'), 'append'],
    [ids('a', 'b', 'c'), ids('a', 'c'), 'replace'],
    [ids('a', 'b'), ids('b', 'c'), 'replace'],
    [ids('a', 'b'), ids('x', 'y'), 'reset'],
    [[], ids('a'), 'reset'],
  ])('%j → %j', (before, after, change) => expect(changeOf(before, after)).toBe(change));
});

describe('rows added at both ends', () => {
  const ids = (...names: string[]): { id: string }[] => names.map((id) => ({ id }));
  it.each([
    [ids('b', 'c'), ids('a', 'b', 'c', 'd', 'e'), 2],
    [ids('b', 'c'), ids('a', 'b', 'c'), 0],
    [ids('b', 'c'), ids('b', 'c', 'd'), 0],
    [ids('b', 'c'), ids('a', 'b', 'x', 'c'), 0],
    [ids('b', 'c'), ids('x', 'y'), 0],
    [[], ids('a'), 0],
  ])('%j → %j', (before, after, behind) => expect(addedBehind(before, after)).toBe(behind));
});
