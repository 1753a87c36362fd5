// node src/mock/check.mjs [scene ...], or './test screens': every mocked screen in Chromium, under the server's Content-Security-Policy, looked at by axe-core;
// then what only a real browser can show: scrolling, anchoring, input methods, keys. Prints 'N passed, N failed'.
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { launch, open, sceneNames, serveMocked, windows } from './browser.mjs';
import { behaviours } from './behaviours.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const forms = [{ size: 'wide', theme: 'light', lang: 'en' }, { size: 'phone', theme: 'dark', lang: 'zh-CN' }];
const only = process.argv.slice(2);
let passed = 0;
let failed = 0;

function verdict(name, complaints) {
  if (complaints.length) {
    failed++;
    console.log(`FAILED ${name}\n${complaints.map((one) => `    ${one}`).join('\n')}`);
  } else passed++;
}

/** What the page complains of by itself: errors, and whatever the policy refused. */
async function listenTo(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
  await page.addInitScript(() => {
    window.__refused = [];
    document.addEventListener('securitypolicyviolation', (event) => window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  });
  return complaints;
}

/** All of one form, one after the other in one page: a new page for each would compile everything again. */
async function lookAtAll(base, form, queue) {
  const context = await browser.newContext({ viewport: windows[form.size], locale: form.lang });
  const page = await context.newPage();
  const complaints = await listenTo(page);
  for (let scene; (scene = queue.shift()); ) {
    complaints.length = 0;
    try {
      await look(page, base, { scene, ...form }, complaints);
    } catch (error) {
      complaints.push(String(error).split('\n')[0]);
    }
    verdict(`${scene} ${form.size} ${form.theme} ${form.lang}`, complaints);
  }
  await context.close();
}

async function look(page, base, view, complaints) {
  await open(page, base, view);
  complaints.push(...(await page.evaluate(() => window.__refused)).map((one) => `policy: ${one}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) complaints.push(`the page is ${wide} px wider than the window`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], preload: false, iframes: false }));
  for (const one of violations) complaints.push(...one.nodes.slice(0, 4).map((node) => `axe ${one.id}: ${node.target.join(' ')}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? one.help}`));
}

async function behave(base, queue) {
  for (let next; (next = queue.shift()); ) {
    const [name, behaviour] = next;
    const context = await browser.newContext({ viewport: windows.wide, locale: 'en' });
    const page = await context.newPage();
    const complaints = await listenTo(page);
    try {
      await behaviour(page, (scene) => open(page, base, { scene }), complaints);
    } catch (error) {
      complaints.push(String(error).split('\n').slice(0, 3).join(' '));
    }
    await context.close();
    verdict(name, complaints);
  }
}

const served = await serveMocked();
const browser = await launch();
try {
  // 'chat-100000' looks as 'chat-long' does: only how it scrolls is of interest, below.
  const scenes = only.length ? only : (await sceneNames()).filter((name) => name !== 'chat-100000');
  await Promise.all(forms.map((form) => lookAtAll(served.url, form, [...scenes])));
  if (!only.length) await behave(served.url, Object.entries(behaviours));
} finally {
  await browser.close();
  await served.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
