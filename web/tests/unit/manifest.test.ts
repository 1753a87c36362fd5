// What makes the page an app that can be installed: its manifest, and pictures that are what they say.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Manifest {
  name: string;
  short_name: string;
  start_url: string;
  scope: string;
  display: string;
  background_color: string;
  theme_color: string;
  icons: { src: string; type: string; sizes: string; purpose?: string }[];
}
const file = (path: string): Buffer => readFileSync(new URL(`../../public${path}`, import.meta.url));
const manifest = JSON.parse(file('/manifest.webmanifest').toString()) as Manifest;
const page = readFileSync(new URL('../../index.html', import.meta.url), 'utf8');

/** Width and height as the file's header has them; throws where it is no PNG. */
function sizeOf(png: Buffer): string {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

it('the manifest has what a browser asks of one', () => {
  expect(manifest).toMatchObject({ name: 'Rookery', start_url: '/', scope: '/', display: 'standalone' });
  expect(manifest.short_name.length).toBeLessThanOrEqual(12);
  for (const color of [manifest.background_color, manifest.theme_color]) expect(color).toMatch(/^#[0-9a-f]{6}$/);
  expect(page).toContain('<link rel="manifest" href="/manifest.webmanifest" />');
});

it('each icon is there, of the size and kind it is said to be', () => {
  for (const { src, type, sizes } of manifest.icons) {
    if (type === 'image/png') expect(sizeOf(file(src)), src).toBe(sizes);
    else expect([type, sizes, file(src).toString().includes('<svg')], src).toEqual(['image/svg+xml', 'any', true]);
  }
});

it('there are those that are needed: 192, 512, one that may be cut to any shape, and one for phones that read no manifest', () => {
  const plain = manifest.icons.filter(({ purpose }) => !purpose).map(({ sizes }) => sizes);
  expect(plain).toEqual(expect.arrayContaining(['192x192', '512x512']));
  expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
  const touch = /<link rel="apple-touch-icon" href="([^"]+)"/.exec(page)?.[1] ?? '';
  expect(sizeOf(file(touch))).toBe('180x180');
});
