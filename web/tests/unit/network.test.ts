// What a browser says of its network: the words for waiting follow it, and its coming back ends every wait.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Line, type LineHost } from '../../src/engine/account/line';
import type { OpenSocket, SocketEvents } from '../../src/engine/xmpp/socket';
import type { Line as LineState } from '../../src/model/types';

let tries: SocketEvents[];
let states: LineState[];
let line: Line;
const last = (): LineState => states.at(-1)!;
async function fail(): Promise<void> {
  tries.at(-1)!.closed();
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(async () => {
  vi.useFakeTimers();
  [tries, states] = [[], []];
  const open: OpenSocket = (_, events) => (tries.push(events), { send: () => undefined, close: () => undefined });
  line = new Line({
    open,
    link: { up: false, close: () => undefined },
    request: () => ({ url: 'ws://nowhere', domain: 'localhost', credentials: { username: 'alice', secret: { token: 't' } }, agent: { id: 'a', software: 'Rookery', device: 'Test' } }),
    state: (state: LineState) => states.push(state),
    now: Date.now,
    random: () => 0.9,
  } as unknown as LineHost);
  line.start();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  line.stop();
  vi.useRealTimers();
});

it('is named as the reason, also where the line went first', async () => {
  await fail();
  expect(last()).toMatchObject({ state: 'waiting', why: 'unreachable' });
  const { retryAt } = last() as Extract<LineState, { state: 'waiting' }>;
  line.networkChanged(false);
  expect(last()).toEqual({ state: 'waiting', retryAt, why: 'no-network' });
});

it('is said of nothing but a wait', async () => {
  line.networkChanged(false);
  expect(last().state).toBe('connecting');
  await fail();
  expect(last()).toMatchObject({ state: 'waiting', why: 'no-network' });
});

it('is back: it tries at once, however long it would have waited', async () => {
  for (let i = 0; i < 8; ++i) {
    await fail();
    await vi.advanceTimersToNextTimerAsync();
  }
  await fail();
  const before = tries.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(tries.length).toBe(before);
  line.networkChanged(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(tries.length).toBe(before + 1);
});

it('is back while a try goes on that began without it: when that one fails, the next one is soon', async () => {
  for (let i = 0; i < 8; ++i) {
    await fail();
    await vi.advanceTimersToNextTimerAsync();
  }
  line.networkChanged(true);
  await fail();
  const before = tries.length;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tries.length).toBe(before + 1);
});
