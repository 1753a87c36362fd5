import { describe, expect, it } from 'vitest';
import { findLinks, safeHref } from './links';

const hrefs = (text: string): string[] => findLinks(text).flatMap((piece) => (piece.href ? [piece.href] : []));

describe('what becomes a link', () => {
  it.each([
    ['see https://example.org/a?b=c#d now', 'https://example.org/a?b=c#d'],
    ['看这里：https://example.org/路径，谢谢', 'https://example.org/路径'],
    ['（https://example.org/x）', 'https://example.org/x'],
    ['(https://example.org/x)', 'https://example.org/x'],
    ['https://en.example.org/wiki/Rook_(bird)', 'https://en.example.org/wiki/Rook_(bird)'],
    ['https://example.org/a.', 'https://example.org/a'],
    ['www.example.org', 'https://www.example.org'],
    ['write to alice@example.org!', 'mailto:alice@example.org'],
    ['xmpp:alice@example.org', 'xmpp:alice@example.org'],
  ])('%s', (text, href) => expect(hrefs(text)).toEqual([href]));

  it.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'https://', 'https://user:pass@example.org/', 'ftp://example.org'])(
    'not %s', (text) => expect(hrefs(text).filter((href) => !href.startsWith('mailto:'))).toEqual([]));
});

it('loses nothing of the text', () => {
  for (const text of ['a https://b.example/c) d', 'none', '', 'x www.a.b.c, y@z.example。', 'https://a.example https://b.example']) {
    expect(findLinks(text).map((piece) => piece.text).join('')).toBe(text);
  }
});

it('refuses a scheme whatever its case or the space before it', () => {
  expect(safeHref('JaVaScRiPt:alert(1)')).toBe('');
  expect(safeHref(' javascript:alert(1)')).toBe('');
  expect(safeHref('java\tscript:alert(1)')).toBe('');
});
