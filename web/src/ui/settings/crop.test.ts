import { expect, it } from 'vitest';
import { moved, squareOf, zoomed } from './crop';

const wide = { width: 400, height: 200 };
const middle = { x: 0.5, y: 0.5, zoom: 1 };

it('begins with the largest square in the middle', () => {
  expect(squareOf(wide, middle)).toEqual({ left: 100, top: 0, side: 200 });
});

it('never leaves the picture, however far it is dragged', () => {
  expect(squareOf(wide, moved(wide, middle, 10_000, 10_000, 280))).toEqual({ left: 0, top: 0, side: 200 });
  expect(squareOf(wide, moved(wide, middle, -10_000, -10_000, 280))).toEqual({ left: 200, top: 0, side: 200 });
});

it('keeps its middle when it comes closer, and its bounds', () => {
  expect(squareOf(wide, zoomed(wide, middle, 2))).toEqual({ left: 150, top: 50, side: 100 });
  expect(zoomed(wide, middle, 99).zoom).toBe(5);
  expect(zoomed(wide, middle, 0).zoom).toBe(1);
});
