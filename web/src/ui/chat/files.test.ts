import { expect, it } from 'vitest';
import { isBigEmoji } from './emoji-only';
import { fileName, frameOf, isOwnImage, safeFileUrl } from './files';
import { splitMarked } from './marked';

const own = 'https://chat.example';
const file = (url: string, more = {}) => ({ url, name: 'a.png', mediaType: 'image/png', ...more });

it('only https, or http of the page’s own origin, is a file one can open', () => {
  expect(safeFileUrl('https://elsewhere.example/a', own)).toBe('https://elsewhere.example/a');
  expect(safeFileUrl('http://localhost:5280/a', 'http://localhost:5280')).not.toBe('');
  for (const url of ['http://elsewhere.example/a', 'javascript:alert(1)', 'data:image/png;base64,x', 'https://u:p@a.example/', 'nonsense']) expect(safeFileUrl(url, own)).toBe('');
});

it('only raster pictures of the own origin are shown in place', () => {
  expect(isOwnImage(file(`${own}/upload/a.png`), own)).toBe(true);
  expect(isOwnImage(file(`${own}/upload/a.png`, { attachment: true }), own)).toBe(false);
  expect(isOwnImage(file('https://elsewhere.example/a.png'), own)).toBe(false);
  expect(isOwnImage(file(`${own}/a.svg`, { mediaType: 'image/svg+xml' }), own)).toBe(false);
});

it('a name cannot turn the direction of writing to hide what it is', () => {
  expect(fileName(file(own, { name: 'photo\u202Egnp.exe' }))).toBe('photognp.exe');
  expect(fileName(file(`${own}/b%20c.pdf`, { name: ' ' }))).toBe('b c.pdf');
});

it('the room of a picture is known before it comes', () => {
  expect(frameOf(file(own, { width: 4000, height: 2000 }))).toEqual({ width: 320, height: 160 });
  expect(frameOf(file(own))).toEqual({ width: 240, height: 180 });
});

it('one to three emoji are big, words and digits are not', () => {
  for (const text of ['😀', '👍🏽', '👨‍👩‍👧 ❤️', '🇨🇳', '😀😀😀']) expect(isBigEmoji(text)).toBe(true);
  for (const text of ['', 'a', '1', '😀a', '😀😀😀😀', '#']) expect(isBigEmoji(text)).toBe(false);
});

it('marks every place where the words stand', () => {
  expect(splitMarked('Nest in a nest', 'NEST').filter((part) => part.hit).map((part) => part.text)).toEqual(['Nest', 'nest']);
  expect(splitMarked('aİb', 'b').map((part) => part.text).join('')).toBe('aİb');
});
