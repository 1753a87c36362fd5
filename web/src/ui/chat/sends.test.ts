import { expect, it } from 'vitest';
import { enterMeans } from './sends';

const key = (more = {}) => ({ key: 'Enter', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

it('Enter sends, Shift+Enter and Ctrl+Enter begin a line, where Enter is to send', () => {
  expect(enterMeans(key(), true)).toBe('send');
  expect(enterMeans(key({ shiftKey: true }), true)).toBe('default');
  expect(enterMeans(key({ ctrlKey: true }), true)).toBe('newline');
});

it('Ctrl+Enter or Cmd+Enter sends, Enter begins a line, where it is not', () => {
  expect(enterMeans(key(), false)).toBe('default');
  expect(enterMeans(key({ ctrlKey: true }), false)).toBe('send');
  expect(enterMeans(key({ metaKey: true }), false)).toBe('send');
});

it('other keys are the browser’s', () => {
  expect(enterMeans({ ...key(), key: 'a' }, true)).toBe('default');
});
