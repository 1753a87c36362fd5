import { expect, it } from 'vitest';
import { matches, searchedPart } from './names';

it('a search finds people by their names, and by the domain they share only where an @ is written', () => {
  const found = (query: string): boolean => matches(query, 'Wei Chen', searchedPart(query, 'wei@rookery.example'));
  expect(found('we')).toBe(true);
  expect(found('chen wei')).toBe(true);
  expect(found('rook')).toBe(false);
  expect(found('wei@rook')).toBe(true);
  expect(found('@rookery')).toBe(true);
});
