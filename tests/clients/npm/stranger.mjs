// What the npm strangers share: where the server is, who they are, and how a check is told.
import { webcrypto } from "node:crypto";

// Node 18 has it, but not as a global.
globalThis.crypto ??= webcrypto;

export const ports = JSON.parse(process.env.ROOKERY_PORTS);
export const [romeo, juliet] = JSON.parse(process.env.ROOKERY_ACCOUNTS).map((jid) => ({
  jid,
  username: jid.split("@")[0],
  domain: jid.split("@")[1],
  password: process.env.ROOKERY_PASSWORD,
}));

const TIMEOUT_MS = 15_000;

/** Rejects when `promise` is not settled in time. */
export function inTime(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no sign of ${what}`)), TIMEOUT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Runs the checks in order; after one that fails, the rest cannot mean anything. At the end, `close`. */
export async function run(checks, close = async () => {}) {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok - ${name}`);
    } catch (error) {
      console.log(`not ok - ${name}: ${String(error?.stack ?? error).replaceAll("\n", " | ")}`);
      break;
    }
  }
  await close();
  process.exit(0);
}

export function expect(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}
