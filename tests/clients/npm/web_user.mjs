// A user of Rookery's own web client: what one does with it and sees in it, in a real browser.
import { freshPage } from "./chromium.mjs";
import { PageUser } from "./page_user.mjs";
import { expect, ports } from "./stranger.mjs";

export class WebUser extends PageUser {
  static async signIn(browser, who) {
    const { page, complaints } = await freshPage(browser);
    await page.goto(`http://localhost:${ports.http}/`);
    await page.getByLabel("Name, number or alias").fill(who.jid);
    await page.getByLabel("Password", { exact: true }).fill(who.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("tab", { name: "Contacts" }).waitFor();
    return new WebUser(page, complaints);
  }

  async add(jid) {
    await this.page.goto(`http://localhost:${ports.http}/#/add`);
    await this.page.getByLabel("Their name or address").fill(jid);
    await this.page.getByRole("button", { name: "Send request" }).click();
    await this.page.getByText("Request sent.").waitFor();
  }

  async accept() {
    await this.page.goto(`http://localhost:${ports.http}/#/requests`);
    const button = this.page.getByRole("button", { name: "Accept", exact: true });
    await button.click();
    await button.waitFor({ state: "hidden" });
  }

  async open(jid) {
    await this.page.goto(`http://localhost:${ports.http}/#/chat/${encodeURIComponent(jid)}`);
    await this.line.waitFor();
  }

  get line() {
    return this.page.getByPlaceholder("Write a message");
  }

  /** The message with these words of its own, as long as it has them. */
  message(text) {
    const words = this.page.locator(".bubble > :not(.quoted)").filter({ hasText: text });
    return this.page.getByRole("article").filter({ has: words });
  }

  async sees(text) {
    await super.sees(text);
    const count = await this.message(text).count();
    expect(count === 1, `'${text}' once, not ${count} times`);
  }

  /** `state` as it is read aloud: 'On the server', 'On their device', 'Read'. */
  async seesState(text, state) {
    await this.message(text).getByRole("img", { name: state, exact: true }).waitFor();
  }

  async seesEdited(text) {
    await this.message(text).getByText("edited", { exact: true }).waitFor();
  }

  async seesReaction(text, emoji) {
    await this.message(text).getByRole("button", { name: `${emoji} by ` }).waitFor();
  }

  async seesReply(text, quoted) {
    await this.seesIn(text, ".quoted", quoted);
  }

  async seesTyping() {
    await this.page.locator(".chat-head").getByText("typing").waitFor();
  }

  /** `name` as the list of contacts has it. */
  async seesWithdrawn(name) {
    await this.page.locator(".note").filter({ hasText: `${name} withdrew a message` }).waitFor();
  }

  async menu(text, item, role = "menuitem") {
    await this.message(text).locator(".bubble").click({ button: "right" });
    await this.page.getByRole("menu").getByRole(role, { name: item, exact: true }).click();
  }

  async act(text, action) {
    await this.menu(text, { edit: "Edit", reply: "Reply", withdraw: "Withdraw" }[action]);
  }

  async react(text, emoji) {
    await this.menu(text, `React with ${emoji}`, "menuitemcheckbox");
    await this.seesReaction(text, emoji);
  }

  async withdraw(text) {
    await this.act(text, "withdraw");
    await this.page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await this.seesWithdrawn("You");
  }
}
