// Chromium for measurements: pages that are slowed down, frames that came late, what a page holds.
import { readFileSync, readdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-precise-memory-info'];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });

/** A page of a browser that has never been here. */
export async function freshPage(browser, { slowdown = 1 } = {}) {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  if (slowdown > 1) await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  return { context, page, cdp };
}

/** In the page: counts frames from now on, and how late each came; frames() tells. */
export const watchFrames = (page) =>
  page.evaluate(() => {
    const gaps = [];
    let last = performance.now();
    let going = true;
    const frame = (now) => {
      gaps.push(now - last);
      last = now;
      if (going) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.benchStop = () => {
      going = false;
      const sorted = gaps.toSorted((a, b) => a - b);
      return { count: gaps.length, late: gaps.filter((gap) => gap > 50).length, worst: sorted.at(-1), p99: sorted[Math.floor(sorted.length * 0.99)] };
    };
  });
export const frames = (page) => page.evaluate(() => window.benchStop());

/** Does `work` and tells how long the page's thread computed in each of its tasks, in milliseconds: what other programs take from
    the processor is not in it. */
export async function tasksOf(browser, page, work) {
  await browser.startTracing(page, { categories: ['toplevel'] });
  const result = await work();
  const events = JSON.parse((await browser.stopTracing()).toString()).traceEvents;
  const mains = new Set(events.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain').map((e) => e.tid));
  const tasks = events.filter((e) => e.name === 'ThreadControllerImpl::RunTask' && mains.has(e.tid) && e.tdur > 0).map((e) => e.tdur / 1000);
  return { result, tasks };
}

const MB = 1024 * 1024;

/** What is reachable in the page, garbage collected before. */
export async function held(cdp) {
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name) => metrics.find((one) => one.name === name).value;
  return { heap: of('JSHeapUsedSize') / MB, nodes: of('Nodes') };
}

/** Memory of the processes that run pages and workers of this program's browser: their share of what they share counted once. */
export function renderers(root = process.pid) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(Number(pid), Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')[1]));
    } catch { /* it has ended */ }
  }
  const ours = (pid) => pid === root || (parents.get(pid) > 1 && ours(parents.get(pid)));
  let bytes = 0;
  for (const pid of parents.keys()) {
    try {
      if (!ours(pid) || !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) continue;
      bytes += 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
    } catch { /* it has ended */ }
  }
  return bytes / MB;
}
