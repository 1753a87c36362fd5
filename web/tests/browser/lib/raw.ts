// A client that sends whatever it is told, over WebSocket (RFC 7395): what a hostile peer can say, and much of anything.
import WebSocket from 'ws';

const wait_ms = 45_000;

export class RawClient {
  private readonly heard: string[] = [];
  private readonly listeners = new Set<() => void>();

  private constructor(readonly name: string, private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.heard.push(String(data));
      for (const listener of [...this.listeners]) listener();
    });
  }

  /** Signed in, bound, and sent its first presence. `name` is a localpart with nothing to be escaped. */
  static async signIn(url: string, name: string, password: string): Promise<RawClient> {
    const socket = new WebSocket(url, 'xmpp');
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const client = new RawClient(name, socket);
    const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
    const plain = Buffer.from(`\0${name}\0${password}`).toString('base64');
    await client.ask(open, /<(stream:)?features/);
    await client.ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`, /<success/);
    await client.ask(open, /<(stream:)?features/);
    await client.ask("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>raw</resource></bind></iq>", /id=['"]bind['"]/);
    await client.roundTrip('<presence/>');
    return client;
  }
  /** Each frame is a document of its own and names its namespace (RFC 7395, 3.3.3). */
  send(...stanzas: string[]): void {
    for (const stanza of stanzas) this.socket.send(stanza.replace(/^<(iq|message|presence)\b/, "<$1 xmlns='jabber:client'"));
  }
  /** Resolves with the first answer that looks like it. */
  async ask(stanza: string, answer: RegExp): Promise<string> {
    const from = this.heard.length;
    this.send(stanza);
    return this.hear(answer, from);
  }
  hear(wanted: RegExp, from = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.listeners.delete(look);
        reject(new Error(`no answer like ${wanted} from the server, but:\n${this.heard.slice(from).join('\n')}`));
      }, wait_ms);
      const look = (): void => {
        const found = this.heard.slice(from).find((one) => wanted.test(one));
        if (found === undefined) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(found);
      };
      this.listeners.add(look);
      look();
    });
  }
  private pings = 0;
  private said = 0;
  /** Sends all, and resolves when the server has taken all: stanzas of one connection are handled in order. */
  async roundTrip(...stanzas: string[]): Promise<void> {
    this.send(...stanzas);
    const id = `ping${++this.pings}`;
    await this.ask(`<iq type='get' id='${id}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>`, new RegExp(`id=['"]${id}['"]`));
  }
  /** Words to somebody, as a client with manners says them: a receipt and a mark of having been read are asked for. */
  async say(to: { address: string }, text: string): Promise<void> {
    await this.roundTrip(`<message to='${to.address}' type='chat' id='${this.name}-${++this.said}'><body>${escape(text)}</body>`
      + "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>");
  }
  /** What it said last has been read. */
  async expectRead(): Promise<void> {
    await this.hear(new RegExp(`<displayed[^>]*id=['"]${this.name}-${this.said}['"]`));
  }
  close(): void {
    this.socket.close();
  }
}

export function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/'/g, '&apos;').replace(/"/g, '&quot;');
}
