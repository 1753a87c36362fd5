// profanity in a terminal and the web client's user in a browser: contacts, messages, receipts and corrections.
import { launch } from "./chromium.mjs";
import { expect, juliet, romeo, run } from "./stranger.mjs";
import { Terminal } from "./terminal.mjs";
import { WebUser } from "./web_user.mjs";

const browser = await launch();
const terminal = new Terminal();
let web;

await run({
  "profanity and the web client: login": async () => {
    await terminal.login(juliet);
    terminal.type("/receipts request on");
    terminal.type("/receipts send on");
    terminal.type("/correction on");
    terminal.type("/xmlconsole");
    terminal.type("/win 1");
    web = await WebUser.signIn(browser, romeo);
  },

  "profanity and the web client: contacts of each other": async () => {
    await web.add(juliet.jid);
    await terminal.shows(`Received authorization request from ${romeo.jid}`);
    terminal.type(`/sub allow ${romeo.jid}`);
    terminal.type(`/sub request ${romeo.jid}`);
    await web.open(juliet.jid);
    await web.page.locator(".chat-head").getByText("Online").waitFor();
  },

  "profanity and the web client: a message from the browser, and its receipt": async () => {
    await web.say("Hello from a browser");
    await terminal.shows(`chat message: ${romeo.jid}`);
    terminal.type(`/msg ${romeo.jid}`);
    await terminal.shows("Hello from a browser");
    await web.seesState("Hello from a browser", "On their device");
  },

  "profanity and the web client: a message from the terminal, and its receipt": async () => {
    terminal.type("Hello from a terminal");
    await web.sees("Hello from a terminal");
    // The marks of receipts are colours that depend on the theme; its own window of stanzas is plain.
    terminal.type("/xmlconsole");
    await terminal.shows(/<received\s[^>]*urn:xmpp:receipts/);
    terminal.type(`/msg ${romeo.jid}`);
  },

  "profanity and the web client: corrections both ways": async () => {
    await web.edit("Hello from a browser", "Hello from a browser, corrected");
    await terminal.shows("Hello from a browser, corrected");
    terminal.type("/correct Hello from a terminal, corrected");
    await web.sees("Hello from a terminal, corrected");
    await web.seesEdited("Hello from a terminal, corrected");
  },

  "profanity and the web client: what it cannot show it is told in words": async () => {
    await web.withdraw("Hello from a browser, corrected");
    await terminal.shows("withdrew a message");
    expect(web.complaints.length === 0, `a page without errors: ${web.complaints.join("; ")}`);
  },
}, async () => {
  terminal.close();
  await browser.close();
});
