// Dino on a screen nobody sees, and the web client's user in a browser: contacts, messages, receipts, read marks,
// corrections and reactions, both ways.
import { launch } from "./chromium.mjs";
import { DinoUser, MARKED } from "./dino_user.mjs";
import { expect, juliet, ports, romeo, run } from "./stranger.mjs";
import { WebUser } from "./web_user.mjs";

const dino = new DinoUser();
const browser = await launch();
let web;

await run({
  "dino and the web client: login": async () => {
    web = await WebUser.signIn(browser, romeo);
    await dino.knows("its session", "SELECT 1 FROM entity JOIN jid ON jid.id = jid_id WHERE bare_jid = ?", juliet.jid);
  },

  "dino and the web client: contacts of each other": async () => {
    await web.add(juliet.jid);
    dino.open(romeo.jid);
    await dino.press("Accept");
    await web.open(juliet.jid);
    await web.page.locator(".chat-head").getByText("Online").waitFor();
    await dino.knows("the contact", "SELECT 1 FROM roster WHERE jid = ? AND subscription IN ('from', 'both')", romeo.jid);
  },

  "dino and the web client: a message to Dino, its receipt and its read mark": async () => {
    await web.say("Hello from a browser");
    await dino.shows("Hello from a browser");
    await dino.passed("OUT", /urn:xmpp:receipts\}:received/);
    await web.seesState("Hello from a browser", "Read");
  },

  "dino and the web client: a message from Dino, its receipt and its read mark": async () => {
    await web.page.goto(`http://localhost:${ports.http}/#/add`);
    await dino.say("Hello from Dino");
    await dino.marked("Hello from Dino", MARKED.received);
    await web.open(juliet.jid);
    await web.sees("Hello from Dino");
    await dino.marked("Hello from Dino", MARKED.read);
  },

  "dino and the web client: reactions both ways": async () => {
    const from = "SELECT 1 FROM reaction JOIN jid ON jid.id = jid_id WHERE bare_jid = ? AND emojis = '👍'";
    await web.react("Hello from Dino", "👍");
    await dino.knows("the reaction", from, romeo.jid);
    // The reaction of the other is a button in Dino, which adds one's own.
    await dino.press("👍");
    await dino.knows("its own reaction", from, juliet.jid);
    await web.message("Hello from Dino").getByRole("button", { name: new RegExp(`^👍 .*by .*${juliet.username}`) }).waitFor();
  },

  // After the reactions: Dino 0.4 finds a message that was corrected no longer by its first id, which reactions name.
  "dino and the web client: corrections both ways": async () => {
    await web.edit("Hello from a browser", "Hello from a browser, corrected");
    await dino.shows("Hello from a browser, corrected");
    await dino.editLast(", corrected");
    await web.sees("Hello from Dino, corrected");
    await web.seesEdited("Hello from Dino, corrected");
  },

  "dino and the web client: a page without errors": async () => {
    expect(web.complaints.length === 0, `no complaint: ${web.complaints.join("; ")}`);
  },
}, async () => {
  dino.close();
  await browser.close();
});
