// node bench.mjs [--messages N] [--total N] [case ...]: measures the web client of the built server, and prints a table. `run` calls it.
import { cpus } from 'node:os';
import { launch } from './browser.mjs';
import * as cases from './cases.mjs';
import { converse } from './fill.mjs';
import { Server } from './server.mjs';

const words = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(words.splice(at, 2)[1]);
};
const total = option('total', 100_000);
const messages = option('messages', 10_000);
const chosen = words.length ? words : ['interactive', 'signing', 'scrolling'];
const unknown = chosen.find((name) => typeof cases[name] !== 'function');
if (unknown || !(messages <= total)) throw new Error(`usage: run [--total N] [--messages N] [interactive] [signing] [scrolling]${unknown ? `; there is no case '${unknown}'` : ''}`);

const server = await Server.start();
const browser = await launch();
try {
  for (const name of [cases.SELF, cases.LONG]) server.addUser(name, cases.PASSWORD);
  const start = performance.now();
  await converse(server.ports.c2s, cases.SELF, cases.LONG, cases.PASSWORD, total);
  console.log(`${cpus()[0].model}, ${cpus().length} processors; Chromium ${browser.version()}; ${total} messages written in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  console.log('| what | measured | wanted |\n|---|---|---|');
  for (const name of chosen) for (const row of await cases[name]({ browser, server, total, messages })) console.log(`| ${row.join(' | ')} |`);
} finally {
  await browser.close();
  await server.stop();
}
