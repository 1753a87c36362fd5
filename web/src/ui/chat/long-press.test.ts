// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { press } from './long-press';

describe('a finger on a row that is a button', () => {
  let row: HTMLButtonElement;
  const opened = vi.fn();
  const clicked = vi.fn();
  const point = (type: string, more: { x?: number; pointerType?: string } = {}): void => {
    const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX: more.x ?? 5, clientY: 5 });
    row.dispatchEvent(Object.assign(event, { pointerType: more.pointerType ?? 'touch' }));
  };
  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    document.body.innerHTML = '<button></button>';
    row = document.querySelector('button')!;
    press(row, opened);
    for (const type of ['click', 'contextmenu']) document.body.addEventListener(type, clicked, { once: true });
  });
  afterEach(() => vi.useRealTimers());

  it('opens the menu when it rests; lifting it then chooses nothing, nor does the menu open twice', () => {
    point('pointerdown');
    vi.advanceTimersByTime(500);
    expect(opened).toHaveBeenCalledTimes(1);
    point('contextmenu');
    point('pointerup');
    point('click');
    expect(clicked).not.toHaveBeenCalled();
    // The next one may be a key's, which has no finger.
    vi.advanceTimersByTime(400);
    point('click');
    expect(clicked).toHaveBeenCalledTimes(1);
  });

  it('chooses when it is short, scrolls when it moves, and is no mouse', () => {
    point('pointerdown');
    point('pointerup');
    point('click');
    expect(clicked).toHaveBeenCalledTimes(1);
    point('pointerdown');
    point('pointermove', { x: 40 });
    point('pointerdown', { pointerType: 'mouse' });
    vi.advanceTimersByTime(1000);
    expect(opened).not.toHaveBeenCalled();
  });
});
