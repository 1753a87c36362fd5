// Years of talk, written in seconds: plain clients over TCP that send ahead without waiting.
import { connect } from 'node:net';

const words = ['好的', '收到', 'ok', '明天见', 'on my way', '哈哈哈', '这个文档我看过了，第三段还要改一下，其他都没问题', 'see https://example.org/a/b?c=d', '🎉', '晚点再说', 'A longer line of text that wraps when the window is narrow enough, as such lines do.\nAnd a second one.'];

/** One connection; of what comes, only what until() waits for is looked at. */
class Plain {
  static async signIn(port, name, password) {
    const it = new Plain();
    it.socket = connect(port, '127.0.0.1');
    it.socket.setEncoding('utf8').setNoDelay(true);
    it.seen = '';
    it.wanted = null;
    it.socket.on('data', (text) => it.look(text));
    it.socket.on('close', () => it.wanted?.reject(new Error(`the server closed: ${it.seen}`)));
    const open = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`;
    await it.ask(open, '</stream:features>');
    await it.ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${Buffer.from(`\0${name}\0${password}`).toString('base64')}</auth>`, '<success');
    await it.ask(open, '</stream:features>');
    await it.ask(`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>fill-${Math.random()}</resource></bind></iq>`, "id='bind'");
    return it;
  }
  send(text) {
    return this.socket.write(text);
  }
  look(text) {
    this.seen += text;
    if (this.wanted && this.seen.includes(this.wanted.text)) {
      this.seen = '';
      this.wanted.resolve();
      this.wanted = null;
    }
    this.seen = this.seen.slice(-200);
  }
  /** To be called before what brings it is sent. */
  until(text) {
    return new Promise((resolve, reject) => { this.wanted = { text, resolve, reject }; });
  }
  ask(request, text) {
    const answer = this.until(text);
    this.send(request);
    return answer;
  }
  /** The server has handled all that was sent. */
  settled() {
    return this.ask(`<iq type='get' id='settled'><ping xmlns='urn:xmpp:ping'/></iq>`, "id='settled'");
  }
  close() {
    this.socket.end('</stream:stream>');
  }
}

/** Makes `a` and `b` contacts of each other and lets them exchange `count` messages; both are there meanwhile. */
export async function converse(port, a, b, password, count) {
  const [one, two] = await Promise.all([a, b].map((name) => Plain.signIn(port, name, password)));
  for (const [from, to] of [[one, b], [two, a]]) from.send(`<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/><presence type='subscribe' to='${to}@localhost'/>`);
  await Promise.all([one.settled(), two.settled()]);
  for (const [from, to] of [[one, b], [two, a]]) from.send(`<presence type='subscribed' to='${to}@localhost'/>`);
  await Promise.all([one.settled(), two.settled()]);
  // A few at a time from each, so that they take turns in the log as people do.
  for (let n = 0; n < count; ) {
    for (const [from, to] of [[one, b], [two, a]]) {
      let batch = '';
      for (const end = Math.min(count, n + 3 + (n % 4)); n < end; n++)
        batch += `<message type='chat' id='n${n}' to='${to}@localhost'><body>${words[(n * 31) % words.length]} #${n}</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>`;
      if (!batch) continue;
      from.send(batch);
      await from.settled();
    }
  }
  one.close();
  two.close();
}
