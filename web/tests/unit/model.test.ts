// The page's state: windows, pages, and what the user does before the engine has answered.
import { describe, expect, it } from 'vitest';
import type { Command, Event } from '../../src/engine/contract';
import { initialState } from '../../src/model/initial';
import { optimistic } from '../../src/model/optimistic';
import { reduce } from '../../src/model/reduce';
import type { AppState, Message } from '../../src/model/types';
import { WINDOW_ROWS_MAX } from '../../src/model/window';

const peer = 'bob@x';
const message = (entry: number | undefined, more: Partial<Message> = {}): Message => ({
  id: `m${entry}`, entry: entry === undefined ? undefined : String(entry), conversation: peer, from: peer, mine: false, at: entry ?? 0,
  text: `${entry}`, kind: 'text', delivery: 'sent', reactions: {}, ...more,
});
const run = (from: number, to: number): Message[] => [...Array(to - from).keys()].map((i) => message(from + i));
const ask = (at: Extract<Command, { do: 'page' }>['at']): { type: 'asked'; command: Command } => ({ type: 'asked', command: { op: 1, do: 'page', conversation: peer, at, limit: 50 } });
const page = (at: Extract<Command, { do: 'page' }>['at'], messages: Message[], more: { atStart?: boolean; atEnd?: boolean } = {}): Event => ({
  type: 'page', op: 1, conversation: peer, at, messages, atStart: more.atStart ?? false, atEnd: more.atEnd ?? false,
});
const steps = (...events: Parameters<typeof reduce>[1][]): AppState => events.reduce(reduce, initialState('en'));
const opened = (from: number, to: number, more = { atStart: false, atEnd: true }): AppState => steps(ask({ newest: true }), page({ newest: true }, run(from, to), more));
const entries = (state: AppState): (string | undefined)[] => state.windows[peer]!.messages.map((m) => m.entry);
const live = (m: Message): Event => ({ type: 'message', message: m, live: true });

describe('a window', () => {
  it('takes in what comes at its open end, by place', () => {
    const state = [live(message(14)), live(message(12)), live(message(13))].reduce(reduce, opened(10, 12));
    expect(entries(state)).toEqual(['10', '11', '12', '13', '14']);
  });
  it('takes nothing beyond an end that is not the end', () => {
    const middle = steps(ask({ around: 5 }), page({ around: 5 }, run(10, 12)));
    expect(entries(reduce(middle, live(message(14))))).toEqual(['10', '11']);
    expect(entries(reduce(middle, live(message(3))))).toEqual(['10', '11']);
  });
  it('gives an own message its place when it is known', () => {
    const waiting = reduce(opened(10, 12), live(message(undefined, { id: 'own', at: 99 })));
    const later = reduce(waiting, live(message(13)));
    expect(later.windows[peer]!.messages.at(-1)!.id).toBe('own');
    const placed = reduce(later, live(message(12, { id: 'own' })));
    expect(placed.windows[peer]!.messages.map((m) => m.id)).toEqual(['m10', 'm11', 'own', 'm13']);
  });
  it('holds a bounded number of rows, whichever way one scrolls', () => {
    let state = opened(1000, 1000 + WINDOW_ROWS_MAX);
    state = [ask({ before: '1000' }), page({ before: '1000' }, run(950, 1000))].reduce(reduce, state);
    expect(entries(state)[0]).toBe('950');
    expect(state.windows[peer]).toMatchObject({ atEnd: false, messages: { length: WINDOW_ROWS_MAX } });
    const last = entries(state).at(-1)!;
    state = [ask({ after: last }), page({ after: last }, run(Number(last) + 1, Number(last) + 51), { atEnd: true })].reduce(reduce, state);
    expect(state.windows[peer]).toMatchObject({ atStart: false, atEnd: true, messages: { length: WINDOW_ROWS_MAX } });
    expect(entries(state).at(-1)).toBe(String(Number(last) + 50));
  });
  it('drops a page that continues what it no longer shows', () => {
    const jumped = [ask({ before: '10' }), ask({ around: 5 }), page({ around: 5 }, run(50, 52)), page({ before: '10' }, run(5, 10))].reduce(reduce, opened(10, 12));
    expect(entries(jumped)).toEqual(['50', '51']);
  });
  it('ends where a gap begins', () => {
    const state = [live(message(30)), { type: 'gap', conversation: peer, after: '11' } as const].reduce(reduce, opened(10, 12));
    expect(entries(state)).toEqual(['10', '11']);
    expect(state.windows[peer]!.atEnd).toBe(false);
  });
  it('is gone where nothing of it stays before a gap, unless its page is on its way', () => {
    const gap = { type: 'gap', conversation: peer, after: '5' } as const;
    expect(reduce(opened(10, 12), gap).windows[peer]).toBeUndefined();
    expect(reduce(reduce(opened(10, 12), ask({ newest: true })), gap).windows[peer]).toMatchObject({ messages: [], loading: 'around' });
  });
  it('says what went wrong, and that it asks again', () => {
    const failed = reduce(reduce(opened(10, 12), ask({ before: '10' })), { type: 'page-failed', conversation: peer, why: 'offline' });
    expect(failed.windows[peer]).toMatchObject({ loading: null, trouble: 'offline' });
    expect(reduce(failed, ask({ before: '10' })).windows[peer]).toMatchObject({ loading: 'older', trouble: undefined });
  });
  it('of few conversations stay open', () => {
    const many = [...Array(30).keys()].map((i) => ({ type: 'asked', command: { op: 1, do: 'page', conversation: `c${i}`, at: { newest: true }, limit: 1 } }) as const);
    const state = steps(...many);
    expect(Object.keys(state.windows)).toHaveLength(8);
    expect(state.windows.c29).toBeTruthy();
  });
  it('marks own messages up to the peer’s position as read', () => {
    const own = opened(10, 10);
    const sent = [live(message(10, { mine: true })), live(message(11, { mine: true })), { type: 'read-by-peer', conversation: peer, through: '10' } as const].reduce(reduce, own);
    expect(sent.windows[peer]!.messages.map((m) => m.delivery)).toEqual(['read', 'sent']);
  });
});

it('what did not change keeps its identity', () => {
  const contact = { jid: peer, remark: '', groups: [], subscription: 'both', asked: false, show: 'online', status: '', blocked: false, profile: { jid: peer, nickname: '', signature: '', avatar: '', avatarHash: '' } } as const;
  const before = reduce(reduce(opened(10, 12), { type: 'contact', contact: { ...contact, groups: [] } }), { type: 'contact', contact: { ...contact, groups: [], jid: 'carol@x' } });
  const after = reduce(before, { type: 'contact', contact: { ...contact, groups: [], show: 'away' } });
  expect(after.contacts['carol@x']).toBe(before.contacts['carol@x']);
  expect(after.windows).toBe(before.windows);
});

describe('optimistic', () => {
  const base = { op: 1, to: peer, at: 99 };
  it('a message is there at once; refused, it has failed', () => {
    const { state, back } = optimistic(opened(10, 12), { ...base, do: 'send', id: 'new', text: 'hi' });
    expect(state.windows[peer]!.messages.at(-1)).toMatchObject({ id: 'new', delivery: 'waiting' });
    expect(back(state).windows[peer]!.messages.at(-1)!.delivery).toBe('failed');
  });
  it('a nudge that is refused is none: later is too late', () => {
    const { state, back } = optimistic(opened(10, 12), { ...base, do: 'nudge', id: 'new' });
    expect(state.windows[peer]!.messages.at(-1)).toMatchObject({ id: 'new', kind: 'nudge' });
    expect(back(state).windows[peer]!.messages.map((m) => m.entry)).toEqual(['10', '11']);
  });
  it.each([
    ['edit', { ...base, do: 'edit', id: 'e', original: 'm11', text: 'changed' }],
    ['withdraw', { ...base, do: 'withdraw', id: 'e', original: 'm11' }],
    ['react', { ...base, do: 'react', id: 'e', original: 'm11', emojis: ['👍'] }],
  ] as [string, Command][])('%s is seen at once, and taken back when refused', (_, command) => {
    const before = opened(10, 12);
    const { state, back } = optimistic(before, command);
    expect(state.windows[peer]!.messages[1]).not.toEqual(before.windows[peer]!.messages[1]);
    expect(back(state).windows[peer]!.messages).toEqual(before.windows[peer]!.messages);
    // What the engine has said meanwhile is not undone.
    const told = reduce(state, live(message(11, { text: 'told' })));
    expect(back(told).windows[peer]!.messages[1]!.text).toBe('told');
  });
});
