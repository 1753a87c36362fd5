// profanity, a client for the terminal, in a tmux of its own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ports } from "./stranger.mjs";

const TIMEOUT_MS = 20_000;
const LOOK_MS = 50;

export class Terminal {
  constructor() {
    this.home = mkdtempSync(join(tmpdir(), "rookery-profanity-"));
    this.name = `rookery-web-${process.pid}`;
    const env = { PATH: process.env.PATH, HOME: this.home, TERM: "screen-256color", LANG: "C.UTF-8",
      XDG_CONFIG_HOME: `${this.home}/config`, XDG_DATA_HOME: `${this.home}/share` };
    this.tmux(["new-session", "-d", "-x", "160", "-y", "40", "profanity"], env);
  }

  tmux(words, env = process.env) {
    return execFileSync("tmux", ["-L", this.name, "-f", "/dev/null", ...words], { env, encoding: "utf8" });
  }

  type(line) {
    this.tmux(["send-keys", "-l", line]);
    this.tmux(["send-keys", "Enter"]);
  }

  screen() {
    return this.tmux(["capture-pane", "-p"]);
  }

  async shows(wanted) {
    const end = Date.now() + TIMEOUT_MS;
    const found = () => (wanted instanceof RegExp ? wanted.test(this.screen()) : this.screen().includes(wanted));
    while (!found()) {
      if (Date.now() > end) throw new Error(`'${wanted}' does not appear:\n${this.screen()}`);
      await wait(LOOK_MS); // a screen gives no event
    }
  }

  async login(who) {
    await this.shows("Type '/help' to show complete help");
    this.type(`/connect ${who.jid}/terminal server 127.0.0.1 port ${ports.c2s} tls trust`);
    await this.shows("Enter password:");
    this.type(who.password);
    await this.shows("logged in successfully");
  }

  close() {
    this.tmux(["kill-server"]);
    rmSync(this.home, { recursive: true, force: true });
  }
}
