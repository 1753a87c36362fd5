// @xmpp/client: SASL 2 over STARTTLS, a token and a login with it, a session resumed after the socket is cut.
import { expect, inTime, juliet, ports, romeo, run } from "./stranger.mjs";

const { client, xml } = await import("@xmpp/client");

const userAgent = () =>
  xml("user-agent", { id: "3b0a4f4e-6b1c-4d0e-9d5a-8a4b3f1b7c11" }, xml("software", {}, "xmpp.js"));

function create(who, credentials) {
  const xmpp = client({
    service: `xmpp://127.0.0.1:${ports.c2s}`,
    domain: who.domain,
    resource: "stranger",
    credentials,
    userAgent: userAgent(),
  });
  const sent = [];
  xmpp.on("send", (element) => sent.push(element));
  // A cut connection is reported here too; what matters is asked by the checks.
  xmpp.on("error", () => {});
  return { xmpp, sent };
}

/**
 * xmpp.js waits for the answer to its stream header only when its write has been called back (connection/index.js, open()),
 * and over TLS that can be after the answer of a server on the same machine has come: it then times out, the more often the faster the server is. Further tries are fair.
 */
async function start(make) {
  for (let tries = 1; ; ++tries) {
    const made = make();
    try {
      return { ...made, address: await inTime(made.xmpp.start(), "being online") };
    } catch (error) {
      if (error.name !== "TimeoutError" || tries === 12) throw error;
      await made.xmpp.stop().catch(() => {});
    }
  }
}

/** The mechanism of the last <authenticate/>; undefined when the login went the old way. */
function mechanism(sent) {
  return sent.findLast?.((e) => e.is("authenticate", "urn:xmpp:sasl:2"))?.attrs.mechanism;
}

const message = (xmpp, id) =>
  new Promise((resolve) => {
    xmpp.on("stanza", (stanza) => {
      if (stanza.is("message") && stanza.attrs.id === id) resolve(stanza);
    });
  });

let token;
let other;
let stranger;

await run({
  "xmpp.js: login by SASL 2 with SCRAM, and a token is given": async () => {
    let given;
    const { xmpp, sent, address } = await start(() => {
      const made = create(romeo, { username: romeo.username, password: romeo.password });
      given = new Promise((resolve) => (made.xmpp.fast.saveToken = async (t) => resolve(t)));
      return made;
    });
    expect(address.toString().startsWith(`${romeo.jid}/`), `its own address, not ${address}`);
    expect(mechanism(sent) === "SCRAM-SHA-1", `SCRAM by SASL 2, not ${mechanism(sent)}`);
    token = await inTime(given, "a token");
    expect(token.mechanism === "HT-SHA-256-NONE" && token.token, "a token to use");
    await xmpp.stop();
  },

  "xmpp.js: login with the token": async () => {
    const { xmpp, sent } = await start(() => create(romeo, { username: romeo.username, token }));
    stranger = xmpp;
    expect(mechanism(sent) === "HT-SHA-256-NONE", `the token's mechanism, not ${mechanism(sent)}`);
    expect(xmpp.streamManagement.id, "stream management, enabled with the login");
  },

  "xmpp.js: a message both ways": async () => {
    const made = await start(() => create(juliet, { username: juliet.username, password: juliet.password }));
    other = made.xmpp;
    const there = message(other, "1");
    await stranger.send(xml("message", { to: other.jid.toString(), type: "chat", id: "1" }, xml("body", {}, "Hello")));
    expect((await inTime(there, "the message")).getChildText("body") === "Hello", "the message's text");
    const back = message(stranger, "2");
    await other.send(xml("message", { to: stranger.jid.toString(), type: "chat", id: "2" }, xml("body", {}, "Yes?")));
    await inTime(back, "the answer");
  },

  "xmpp.js: the session is resumed after the socket is cut": async () => {
    const missed = message(stranger, "3");
    const resumed = new Promise((resolve) => stranger.streamManagement.on("resumed", resolve));
    const cut = new Promise((resolve) => stranger.on("disconnect", resolve));
    stranger.socket.socket.destroy();
    await inTime(cut, "the cut");
    await other.send(xml("message", { to: stranger.jid.toString(), type: "chat", id: "3" }, xml("body", {}, "Still there?")));
    await inTime(resumed, "the session being resumed");
    await inTime(missed, "the message that was sent meanwhile");
  },

  "xmpp.js: stops": async () => {
    await inTime(Promise.all([stranger.stop(), other.stop()]), "the end");
  },
});
