// What is measured. Each case gives [what, figure with its unit, what it may be].
import { frames, freshPage, held, renderers, tasksOf, watchFrames } from './browser.mjs';

export const PASSWORD = 'long enough to be good';
export const LONG = 'bo';
export const SELF = 'ann';

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${Math.round(value)} ms`;

/** From the address being entered to a form one can type into, with nothing left to compute: a browser that has never been here. */
export async function interactive({ browser, server }) {
  const times = [];
  const computed = [];
  for (let run = 0; run < 7; run++) {
    const { context, page } = await freshPage(browser, { slowdown: 4 });
    await page.addInitScript(() => {
      const seen = new MutationObserver(() => {
        if (!document.querySelector('input[autocomplete="username"]')) return;
        seen.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.benchReady = performance.now(); }));
      });
      seen.observe(document, { childList: true, subtree: true });
    });
    const { tasks } = await tasksOf(browser, page, async () => {
      await page.goto(server.page);
      await page.waitForFunction(() => window.benchReady);
    });
    times.push(await page.evaluate(() => window.benchReady));
    computed.push(tasks.reduce((sum, one) => sum + one, 0));
    await context.close();
  }
  return [
    ['sign-in page can be typed into, processor slowed 4 times, median of 7', ms(median(times)), '< 1,000 ms'],
    ['of that, the page\'s thread computed', ms(median(computed)), ''],
  ];
}

async function signIn({ browser, server }) {
  const opened = await freshPage(browser);
  const { page } = opened;
  await page.goto(server.page);
  await page.getByLabel('Name, number or alias').fill(SELF);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  const start = performance.now();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('.panel .row').first().waitFor();
  return { ...opened, listed: performance.now() - start };
}

/** The list of chats after the button was pressed, and after a reload; the newest messages after a chat was pressed. */
export async function signing(bench) {
  const first = [];
  const again = [];
  const chat = [];
  for (let run = 0; run < 5; run++) {
    const { context, page, listed } = await signIn(bench);
    first.push(listed);
    let start = performance.now();
    await page.reload({ waitUntil: 'commit' });
    await page.locator('.panel .row').first().waitFor();
    again.push(performance.now() - start);
    start = performance.now();
    await page.locator('.panel .row').first().click();
    await page.locator('.said').last().waitFor();
    chat.push(performance.now() - start);
    await context.close();
  }
  return [
    ['from "Sign in" to the list of chats (two key derivations of the password within), median of 5', ms(median(first)), ''],
    ['the same by a reload, with the token', ms(median(again)), ''],
    ['from a chat being pressed to its newest messages', ms(median(chat)), ''],
  ];
}

const WHEEL_PX = 500;
const TURNS = 100;
const IN_VAIN_MAX = 20;
const mb = (value) => `${value.toFixed(1)} MB`;
const told = ({ count, late, worst }) => `${count}; ${late} (worst ${ms(worst)})`;

/** Through the history with the wheel, as fast as pages come. */
export async function scrolling(bench) {
  const { context, page, cdp } = await signIn(bench);
  await page.locator('.panel .row').first().click();
  await page.locator('.said').last().waitFor();
  const before = { ...(await held(cdp)), all: renderers() };
  await watchFrames(page);
  await page.waitForTimeout(3000);
  const still = await frames(page);
  await page.locator('.history-scroller').hover();
  await watchFrames(page);
  const start = performance.now();
  const { seen, tasks } = await wheel(bench, page);
  const seconds = (performance.now() - start) / 1000;
  const moving = await frames(page);
  const after = { ...(await held(cdp)), all: renderers() };
  await context.close();
  return [
    [`messages of ${bench.total} scrolled through, in ${seconds.toFixed(0)} s`, String(bench.total - seen.first), ''],
    ['tasks of the page\'s thread; of those that computed over 50 ms', `${tasks.count}; ${tasks.long} (longest ${ms(tasks.longest)})`, '0 long'],
    ['frames; over 50 ms, whoever had the processor then', told(moving), ''],
    ['for comparison, 3 s of nothing: frames; over 50 ms', told(still), ''],
    ['most elements in the page while scrolling', String(seen.nodes), ''],
    ['script memory of the page, before and after', `${mb(before.heap)}, ${mb(after.heap)}`, '< 150 MB'],
    ['all processes of pages and workers, before and after', `${mb(before.all)}, ${mb(after.all)}`, 'growth < 150 MB'],
  ];
}

/** Turns the wheel until enough messages were seen. */
async function wheel({ browser, total, messages }, page) {
  const seen = { first: Infinity, nodes: 0 };
  const all = { count: 0, long: 0, longest: 0 };
  const look = () => page.evaluate(() => ({
    first: Number(/n(\d+)$/.exec(document.querySelector('[data-message]').dataset.message)[1]),
    nodes: document.querySelectorAll('*').length,
  }));
  for (let inVain = 0; seen.first > total - messages; ) {
    const { result, tasks } = await tasksOf(browser, page, async () => {
      for (let turn = 0; turn < TURNS; turn++) await page.mouse.wheel(0, -WHEEL_PX);
      return look();
    });
    inVain = result.first < seen.first ? 0 : inVain + 1;
    if (inVain > IN_VAIN_MAX) throw new Error(`the wheel was turned ${inVain * TURNS} times, and message ${seen.first} is still the first one in the page`);
    seen.first = Math.min(seen.first, result.first);
    seen.nodes = Math.max(seen.nodes, result.nodes);
    all.count += tasks.length;
    all.long += tasks.filter((time) => time > 50).length;
    all.longest = Math.max(all.longest, ...tasks);
  }
  return { seen, tasks: all };
}
