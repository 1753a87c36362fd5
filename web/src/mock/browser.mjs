// What check.mjs and shots.mjs share: the mocked page, built and served as the server would, and a Chromium to look at it.
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';

export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json', '.webmanifest': 'application/manifest+json' };
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the mocked page and serves it on a free port of loopback. */
export async function serveMocked() {
  const out = await mkdtemp(join(tmpdir(), 'rookery-mocked-'));
  await build({ root, mode: 'mocked', logLevel: 'warn', build: { outDir: out, emptyOutDir: true } });
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    try {
      const body = await readFile(join(out, path === '/' ? 'index.html' : path));
      response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'text/html', 'Content-Security-Policy': policy, ETag: '"1"' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(out, { recursive: true });
    },
  };
}

/** Pictures are the same whenever they are taken: always that moment, always that host, whatever port serves the page. Gives the address to open. */
export async function pretend(context, served) {
  await context.clock.setFixedTime('2026-11-25T10:30:00+08:00');
  const host = 'https://rookery.example/';
  // The browser without a window denies it always; most people's has not been asked.
  await context.addInitScript(() => Object.defineProperty(Notification, 'permission', { get: () => 'default' }));
  await context.route(`${host}**`, async (route) => {
    const answer = await fetch(served.url + route.request().url().slice(host.length));
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) });
  });
  return host;
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--headless=new', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** The names in scenes.ts, read rather than imported: Node 20 does not run TypeScript. */
export async function sceneNames() {
  const source = await readFile(new URL('scenes.ts', import.meta.url), 'utf8');
  const listed = [...source.matchAll(/\{ name: '([\w-]+)'/g)].map((m) => m[1]);
  const sections = /const settings = \[(.*?)\]/.exec(source)[1].match(/\w+/g);
  return [...listed, ...sections.map((section) => `settings-${section}`)];
}

export async function open(page, base, { scene, lang = 'en', theme = 'light' }) {
  await page.goto(`${base}?scene=${scene}&lang=${lang}&theme=${theme}&bare`);
  await page.waitForSelector('html[data-ready]', { timeout: 60_000 });
  await page.evaluate(() => Promise.all([document.fonts.ready, new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))]));
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity));
}

export const windows = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
