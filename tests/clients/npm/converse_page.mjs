// A page with converse.js as its makers publish it, on a port of its own; the server has to be told of that origin.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { freshPage } from "./chromium.mjs";
import { PageUser } from "./page_user.mjs";
import { ports } from "./stranger.mjs";

const DIST = fileURLToPath(new URL("node_modules/converse.js/dist", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css",
  ".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml" };
const PAGE = `<!doctype html><meta charset="utf-8"><title>converse.js</title>
<link rel="stylesheet" href="/converse.min.css"><body class="converse-fullscreen">
<script type="module" src="/converse.min.js"></script>`;

export async function serveConverse(port) {
  const server = createServer(async ({ url }, response) => {
    const path = normalize(new URL(url, "http://x").pathname);
    try {
      const body = path === sep ? PAGE : await readFile(join(DIST, path));
      response.writeHead(200, { "Content-Type": TYPES[extname(path) || ".html"] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return `http://127.0.0.1:${port}/`;
}

export class ConverseUser extends PageUser {
  static async signIn(browser, url, who) {
    const { page } = await freshPage(browser);
    await page.goto(url);
    await page.evaluate((options) => window.converse.initialize(options), {
      authentication: "login", auto_login: true, jid: who.jid, password: who.password,
      websocket_url: `ws://localhost:${ports.http}/xmpp-websocket`, discover_connection_methods: false,
      assets_path: "/", view_mode: "fullscreen", i18n: "en", notify_all_room_messages: false,
      show_desktop_notifications: false, play_sounds: false,
    });
    const user = new ConverseUser(page);
    await page.locator("converse-roster").waitFor();
    return user;
  }

  async add(jid) {
    await this.page.locator("#converse-roster converse-dropdown button.dropdown-toggle").first().click();
    await this.page.locator("button.add-contact, a.add-contact").first().click();
    const dialog = this.page.locator(".modal.show");
    await dialog.locator("input[name=jid]").fill(jid);
    await dialog.locator("input[name=name]").fill("The other");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
  }

  async open(jid) {
    await this.page.locator(`converse-roster a.open-chat[data-jid="${jid}"]`).first().click();
    await this.line.waitFor();
  }

  async close() {
    await this.line.fill("/close");
    await this.line.press("Enter");
    await this.line.waitFor({ state: "hidden" });
  }

  get line() {
    return this.page.locator("textarea.chat-textarea");
  }

  message(text) {
    return this.page.locator(".chat-msg").filter({ hasText: text });
  }

  async seesReceipt(text) {
    await this.seesIn(text, ".chat-msg__receipt");
  }

  async seesEdited(text) {
    await this.seesIn(text, ".chat-msg__edit-modal");
  }

  async seesReply(text, quoted) {
    await this.seesIn(text, "converse-reply-context", quoted);
  }

  async seesReaction(text, emoji) {
    await this.seesIn(text, ".chat-msg__reaction", emoji);
  }

  async seesTyping() {
    await this.page.locator(".chat-content__notifications").filter({ hasText: "is typing" }).waitFor();
  }

  async act(text, action) {
    const message = this.message(text);
    await message.hover();
    await message.locator("converse-dropdown.chat-msg__actions button.dropdown-toggle").click();
    await message.locator(`.chat-msg__action-${action}`).click();
  }

  async react(text, emoji) {
    await this.act(text, "reaction");
    await this.message(text).locator("button.reaction-item").filter({ hasText: emoji }).click();
    await this.seesReaction(text, emoji);
  }

  async withdraw(text) {
    await this.act(text, "retract");
    await this.page.locator(".modal.show").getByRole("button", { name: "Confirm" }).click();
  }

  async seesWithdrawn() {
    await this.page.locator(".chat-msg--retracted").waitFor();
  }
}
