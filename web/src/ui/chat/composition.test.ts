import { describe, expect, it } from 'vitest';
import { Composition } from './composition';

const enter = (more: Partial<{ keyCode: number; isComposing: boolean; timeStamp: number }> = {}) => ({ key: 'Enter', keyCode: 13, isComposing: false, timeStamp: 1000, ...more });

describe('whose Enter it is', () => {
  it('is the input method’s while it composes', () => {
    const c = new Composition(false);
    c.start();
    expect(c.owns(enter())).toBe(true);
  });

  it('is the input method’s when the browser says so: isComposing, or key code 229', () => {
    const c = new Composition(false);
    expect(c.owns(enter({ isComposing: true }))).toBe(true);
    expect(c.owns(enter({ keyCode: 229 }))).toBe(true);
  });

  it('is ours once the composition has ended', () => {
    const c = new Composition(false);
    c.start();
    c.end(990);
    expect(c.owns(enter())).toBe(false);
  });

  it('is still the input method’s in Safari, which ends the composition first and tells of the key afterwards', () => {
    const c = new Composition(true);
    c.start();
    c.end(995);
    expect(c.owns(enter({ timeStamp: 1000 }))).toBe(true);
    expect(c.owns(enter({ timeStamp: 1400 }))).toBe(false);
  });
});
