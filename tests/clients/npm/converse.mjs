// converse.js in a browser, and the web client's user in another: contacts, messages, receipts, read marks, typing,
// corrections, replies, reactions and withdrawals, both ways.
import { launch } from "./chromium.mjs";
import { ConverseUser, serveConverse } from "./converse_page.mjs";
import { expect, juliet, romeo, run } from "./stranger.mjs";
import { WebUser } from "./web_user.mjs";

const browser = await launch();
let web;
let other;

await run({
  "converse.js: login": async () => {
    const url = await serveConverse(Number(process.env.ROOKERY_CONVERSE_PORT));
    other = await ConverseUser.signIn(browser, url, juliet);
    web = await WebUser.signIn(browser, romeo);
  },

  "converse.js: its contact request is accepted in the web client": async () => {
    await other.add(romeo.jid);
    await web.accept();
    await other.close();
    await web.open(juliet.jid);
    await web.page.locator(".chat-head").getByText("Online").waitFor();
  },

  "converse.js: a message from the web client, and its receipt": async () => {
    await web.say("But soft, what light");
    await web.seesState("But soft, what light", "On their device");
  },

  "converse.js: what it has shown is read": async () => {
    await other.open(romeo.jid);
    await other.sees("But soft, what light");
    await web.seesState("But soft, what light", "Read");
  },

  "converse.js: a message to the web client, and its receipt": async () => {
    await other.say("Ay me");
    await web.sees("Ay me");
    await other.seesReceipt("Ay me");
  },

  "converse.js: typing both ways": async () => {
    await web.line.pressSequentially("O spe");
    await other.seesTyping();
    await web.line.fill("");
    await other.line.pressSequentially("O Ro");
    await web.seesTyping();
    await other.line.fill("");
  },

  "converse.js: corrections both ways": async () => {
    await web.edit("But soft, what light", "But soft, what brighter light");
    await other.sees("But soft, what brighter light");
    await other.seesEdited("But soft, what brighter light");
    await other.edit("Ay me", "Ay me, he speaks");
    await web.sees("Ay me, he speaks");
    await web.seesEdited("Ay me, he speaks");
  },

  "converse.js: replies both ways": async () => {
    await web.reply("Ay me, he speaks", "She speaks");
    await other.seesReply("She speaks", "Ay me, he speaks");
    await other.reply("what brighter light", "It is the lark");
    await web.seesReply("It is the lark", "what brighter light");
  },

  "converse.js: reactions both ways": async () => {
    await web.react("It is the lark", "👍");
    await other.seesReaction("It is the lark", "👍");
    await other.react("She speaks", "❤️");
    await web.seesReaction("She speaks", "❤️");
  },

  "converse.js: withdrawals both ways": async () => {
    await web.say("The more light");
    await other.sees("The more light");
    await web.withdraw("The more light");
    await other.seesWithdrawn();
    await other.say("The more dark");
    await web.sees("The more dark");
    await other.withdraw("The more dark");
    await web.seesWithdrawn(juliet.username);
  },

  "converse.js: all of it is there after a reload": async () => {
    await web.page.reload();
    for (const text of ["what brighter light", "Ay me, he speaks", "She speaks", "It is the lark"]) await web.sees(text);
    await web.seesReaction("She speaks", "❤️");
    await web.seesReply("It is the lark", "what brighter light");
    expect(web.complaints.length === 0, `a page without errors: ${web.complaints.join("; ")}`);
  },
}, () => browser.close());
