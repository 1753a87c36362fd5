// strophe.js over WebSocket: login, roster, presence, a message both ways, its own clean end.
import { expect, inTime, juliet, ports, romeo, run } from "./stranger.mjs";

const { Strophe, $iq, $msg, $pres } = await import("strophe.js");

function online(who) {
  const connection = new Strophe.Connection(`ws://127.0.0.1:${ports.http}/xmpp-websocket`);
  return new Promise((resolve, reject) => {
    connection.connect(who.jid, who.password, (status, reason) => {
      if (status === Strophe.Status.CONNECTED) resolve(connection);
      if ([Strophe.Status.AUTHFAIL, Strophe.Status.CONNFAIL, Strophe.Status.ERROR].includes(status)) {
        reject(new Error(`status ${status}: ${reason}`));
      }
    });
  });
}

/** The first stanza of that name from then on that `wanted` accepts. */
function stanza(connection, name, wanted = () => true) {
  return new Promise((resolve) => {
    connection.addHandler(
      (element) => {
        if (!wanted(element)) return true;
        resolve(element);
        return false;
      },
      null,
      name,
    );
  });
}

const iq = (connection, request) =>
  new Promise((resolve, reject) => connection.sendIQ(request, resolve, reject, 10_000));

let a;
let b;

await run({
  "strophe.js: login over WebSocket": async () => {
    a = await inTime(online(romeo), "being connected");
    b = await inTime(online(juliet), "the other being connected");
    expect(Strophe.getBareJidFromJid(a.jid) === romeo.jid, `its own address, not ${a.jid}`);
  },

  "strophe.js: roster": async () => {
    const roster = await iq(a, $iq({ type: "get" }).c("query", { xmlns: Strophe.NS.ROSTER }));
    expect(roster.getElementsByTagName("query").length === 1, "a roster");
  },

  "strophe.js: presence comes back": async () => {
    const own = stanza(a, "presence", (e) => e.getAttribute("from") === a.jid);
    a.send($pres().c("show").t("chat"));
    await inTime(own, "its own presence");
  },

  "strophe.js: a message both ways": async () => {
    const text = "Grüße, 你好, 🌹 & <b>";
    const there = stanza(b, "message", (e) => e.getAttribute("id") === "s1");
    a.send($msg({ to: b.jid, type: "chat", id: "s1" }).c("body").t(text));
    const body = (await inTime(there, "the message")).getElementsByTagName("body")[0];
    expect(Strophe.getText(body) === Strophe.xmlescape(text) || body.textContent === text,
      `the text unchanged, not ${body.textContent}`);
    const back = stanza(a, "message", (e) => e.getAttribute("id") === "s2");
    b.send($msg({ to: a.jid, type: "chat", id: "s2" }).c("body").t("Hello"));
    await inTime(back, "the answer");
  },

  "strophe.js: an unknown request is refused": async () => {
    const answer = await iq(a, $iq({ type: "get", to: romeo.domain }).c("query", { xmlns: "urn:example:unknown" })).catch((e) => e);
    expect(answer?.getAttribute?.("type") === "error", "an error");
  },

  "strophe.js: disconnects": async () => {
    const gone = Promise.all([a, b].map((connection) =>
      new Promise((resolve) => {
        connection.connect_callback = (status) => status === Strophe.Status.DISCONNECTED && resolve();
        connection.disconnect("done");
      })));
    await inTime(gone, "the end");
  },
});
