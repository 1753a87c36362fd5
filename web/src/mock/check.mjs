// node src/mock/check.mjs [scene ...]: every mocked screen in Chromium, under the server's Content-Security-Policy, looked at by axe-core;
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

async function look(context, base, scene, form) {
  const page = await context.newPage();
  const complaints = await listenTo(page);
  try {
    await open(page, base, { scene, lang: form.lang, theme: form.theme });
    complaints.push(...(await page.evaluate(() => window.__refused)).map((one) => `policy: ${one}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) complaints.push(`the page is ${wide} px wider than the window`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const one of violations) complaints.push(...one.nodes.slice(0, 4).map((node) => `axe ${one.id}: ${node.target.join(' ')}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? one.help}`));
  } catch (error) {
    complaints.push(String(error).split('\n')[0]);
  }
  await page.close();
  verdict(`${scene} ${form.size} ${form.theme} ${form.lang}`, complaints);
}

const served = await serveMocked();
const browser = await launch();
try {
  for (const form of forms) {
    const context = await browser.newContext({ viewport: windows[form.size], locale: form.lang, bypassCSP: false });
    for (const scene of only.length ? only : await sceneNames()) await look(context, served.url, scene, form);
    await context.close();
  }
  for (const [name, behaviour] of only.length ? [] : Object.entries(behaviours)) {
    const context = await browser.newContext({ viewport: windows.wide, locale: 'en' });
    const page = await context.newPage();
    const complaints = await listenTo(page);
    try {
      await behaviour(page, (scene) => open(page, served.url, { scene }), complaints);
    } catch (error) {
      complaints.push(String(error).split('\n').slice(0, 3).join(' '));
    }
    await context.close();
    verdict(name, complaints);
  }
} finally {
  await browser.close();
  await served.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
