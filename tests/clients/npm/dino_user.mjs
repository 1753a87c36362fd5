// A user of Dino: its window through dino_hands.py, what it knows through its own database.
import { execFileSync, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const TIMEOUT_MS = 15_000;
const LOOK_MS = 50;
const HOME = process.env.ROOKERY_DINO_HOME;
const PYTHON = "/usr/bin/python3";
const beside = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
// Dino's Message.Marked
export const MARKED = { received: 1, read: 2 };
// What GTK calls widgets that have no name
const NAMELESS = /^(Dino|Gtk|Adw)/;

export class DinoUser {
  constructor() {
    this.env = { ...process.env, HOME };
    this.log = `${HOME}/dino.log`;
    const out = openSync(this.log, "w");
    this.dino = spawn("dino-im", ["--print-xmpp=no-ansi;all"], { env: this.env, stdio: ["ignore", out, out] });
    this.hands = spawn(PYTHON, [beside("dino_hands.py")], { stdio: ["pipe", "pipe", "inherit"] });
    this.answers = createInterface({ input: this.hands.stdout })[Symbol.asyncIterator]();
  }

  async ask(...command) {
    this.hands.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error("dino_hands.py has ended");
    return JSON.parse(value);
  }

  /** Until `look` gives something true: neither a window nor a database gives an event. */
  async until(look, what) {
    const end = Date.now() + TIMEOUT_MS;
    for (;;) {
      const seen = await look();
      if (seen) return seen;
      if (Date.now() > end) {
        throw new Error(`${what} does not come; the window says:\n${(await this.ask("texts")).filter((one) => !NAMELESS.test(one)).join(" / ")}\n${this.logTail()}`);
      }
      await wait(LOOK_MS);
    }
  }

  logTail() {
    return readFileSync(this.log, "utf8").split("\n").filter((line) => !line.includes("Screen coordinates")).slice(-20).join("\n");
  }

  shows(text) {
    return this.until(async () => (await this.ask("texts")).some((one) => one.includes(text)), `'${text}'`);
  }

  press(name) {
    return this.until(() => this.ask("press", name), `a button '${name}'`);
  }

  /** What its database answers; nothing while its tables are not there yet. */
  rows(query, ...values) {
    try {
      return JSON.parse(execFileSync(PYTHON, [beside("dino_look.py"), `${HOME}/.local/share/dino/dino.db`, query, ...values],
        { stdio: ["ignore", "pipe", "ignore"] }));
    } catch {
      return [];
    }
  }

  knows(what, query, ...values) {
    return this.until(() => this.rows(query, ...values).length > 0, what);
  }

  /** As a link in a page would. */
  open(jid) {
    execFileSync("dino-im", [`xmpp:${jid}?message`], { env: this.env, stdio: "ignore" });
  }

  async line() {
    await this.until(() => this.ask("into", "text"), "a line to write in");
  }

  async say(text) {
    await this.line();
    await this.ask("type", text);
    await this.ask("key", "Return");
    await this.knows(`'${text}' as sent`, "SELECT 1 FROM message WHERE body = ? AND direction = 1", text);
  }

  async editLast(more) {
    await this.line();
    await this.ask("key", "Up");
    await this.ask("key", "End");
    await this.ask("type", more);
    await this.ask("key", "Return");
  }

  marked(text, mark) {
    return this.knows(`mark ${mark} of '${text}'`, "SELECT 1 FROM message WHERE body = ? AND marked = CAST(? AS INT)", text, String(mark));
  }

  /** A stanza with `pattern` in it, in that direction, 'IN' or 'OUT'. */
  passed(direction, pattern) {
    const stanzas = () => readFileSync(this.log, "utf8").split(/^XMPP (?=IN|OUT)/m);
    return this.until(() => stanzas().some((one) => one.startsWith(direction) && pattern.test(one)), `${direction} ${pattern}`);
  }

  close() {
    this.hands.kill();
    this.dino.kill();
  }
}
