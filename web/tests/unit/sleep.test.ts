// A computer that slept: timers did not run, and the line is dead without a word, or is not.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchSleep } from '../../src/engine/host';
import { NS } from '../../src/engine/xmpp/ns';
import type { Engine } from '../../src/engine/engine';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { peer, simulated, visit } from './visit';

let server: SimulatedServer;
let alice: User;
beforeEach(async () => {
  server = simulated();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  alice = await visit(server);
});
afterEach(() => {
  alice.engine.stop();
  vi.useRealTimers();
});

const questions = (): number => server.said.filter((e) => e.is('r', NS.sm)).length;
const states = (): string[] => alice.events.filter((e) => e.type === 'line').map((e) => e.line.state);
async function asleep(ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms);
  await vi.advanceTimersByTimeAsync(0);
}

it('is noticed by a clock that jumps, and by nothing less', async () => {
  const woke = vi.fn();
  const stop = watchSleep({ woke } as unknown as Engine);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(woke).not.toHaveBeenCalled();
  await asleep(15_000); // a busy processor
  await vi.advanceTimersByTimeAsync(10_000);
  expect(woke).not.toHaveBeenCalled();
  await asleep(3_600_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(woke).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(woke).toHaveBeenCalledTimes(1);
  stop();
  await asleep(3_600_000);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(woke).toHaveBeenCalledTimes(1);
});

it('a line that lives is kept', async () => {
  const before = [questions(), states().length];
  alice.engine.woke();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(questions()).toBe(before[0]! + 1);
  expect(states().length).toBe(before[1]);
});

it('a dead one is given up after five seconds, and what came meanwhile is there', async () => {
  server.dead = true;
  server.arrive(peer, 'm', 'while asleep');
  alice.engine.woke();
  await vi.advanceTimersByTimeAsync(4_900);
  expect(states()).not.toContain('waiting');
  await vi.advanceTimersByTimeAsync(200);
  expect(states()).toContain('waiting'); // how soon it is back is left to chance
  await vi.advanceTimersByTimeAsync(60_000);
  expect(alice.state.line.state).toBe('online');
  expect(alice.texts(peer)).toContain('while asleep');
});

it('a question asked before in no hurry does not make it longer, more of them do not put it off', async () => {
  server.dead = true;
  await vi.advanceTimersByTimeAsync(60_500); // silence: asked, with 15 seconds to answer
  expect(states()).not.toContain('waiting');
  alice.engine.woke();
  await vi.advanceTimersByTimeAsync(3_000);
  alice.engine.woke();
  await vi.advanceTimersByTimeAsync(2_100);
  expect(states()).toContain('waiting');
});
