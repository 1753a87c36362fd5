// node src/mock/icons.mjs: the raster icons of public/ from public/icon.svg.
import { readFile, writeFile } from 'node:fs/promises';
import { launch } from './browser.mjs';

const svg = await readFile(new URL('../../public/icon.svg', import.meta.url), 'utf8');
const full = svg.replace('<rect width="48" height="48" rx="13" fill="#5940c4"/>', '<rect x="-12" y="-12" width="72" height="72" fill="#5940c4"/>').replace('0 0 48 48', '-7 -7 62 62');
const browser = await launch();
const page = await browser.newPage();
for (const [name, size, source] of [['icon-180', 180, full], ['icon-192', 192, svg], ['icon-512', 512, svg], ['icon-maskable-512', 512, full]]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${source}`);
  await writeFile(new URL(`../../public/${name}.png`, import.meta.url), await page.screenshot({ omitBackground: true }));
}
await browser.close();
