// node budget.mjs DIST: what a browser loads before login is at most 90 kB of script and 15 kB of style, gzipped: the entry,
// the worker it starts at once, and all that these import statically. What is loaded later has no budget of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SCRIPT_BYTES_MAX = 90_000;
const STYLE_BYTES_MAX = 15_000;

const dist = process.argv[2];
const read = (path) => readFileSync(join(dist, path), 'utf8');
const page = read('index.html');
const named = (pattern) => [...page.matchAll(pattern)].map(([, path]) => path);

/** Vite writes static imports as `from"./x.js"` and `import"./x.js"`; `import("./x.js")` is dynamic. */
function imports(path) {
  return [...read(path).matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g)].map(([, name]) => join('assets', name));
}

/** A worker is named as `new URL("/assets/worker-x.js", …)`, in quotation marks of any kind. */
function workers(path) {
  return [...read(path).matchAll(/Worker\(new URL\(["'`]\/([^"'`]+\.js)["'`]/g)].map(([, name]) => name);
}

const scripts = new Set();
const visit = (path) => {
  if (scripts.has(path)) return;
  scripts.add(path);
  imports(path).forEach(visit);
  workers(path).forEach(visit);
};
named(/<script[^>]+src="\/([^"]+)"/g).forEach(visit);
named(/<link[^>]+rel="modulepreload"[^>]+href="\/([^"]+)"/g).forEach(visit);
const styles = named(/<link[^>]+rel="stylesheet"[^>]+href="\/([^"]+)"/g);

const gzipped = (paths) => [...paths].reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0);
const script = gzipped(scripts);
const style = gzipped(styles);
console.log(`  before login: ${script} bytes of script (of ${SCRIPT_BYTES_MAX}), ${style} of style (of ${STYLE_BYTES_MAX}), gzipped`);
if (scripts.size === 0) throw new Error(`${dist}/index.html names no script: is this what vite built?`);
if (![...scripts].some((path) => path.includes('worker'))) throw new Error(`${dist}: no script starts the worker: is it named in another way?`);
process.exit(script <= SCRIPT_BYTES_MAX && style <= STYLE_BYTES_MAX ? 0 : 1);
