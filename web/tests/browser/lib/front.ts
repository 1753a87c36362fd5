// Stands before the server and shows what passes: every stanza of its WebSockets, both ways. It can answer for the server with
// another version of a file.
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';

const wait_ms = 45_000;

export interface Passed {
  from: 'browser' | 'server';
  text: string;
}

export class Front {
  readonly passed: Passed[] = [];
  /** By path: what becomes of the text that the server gives. */
  readonly changes = new Map<string, (text: string) => string>();
  /** Paths that the server does not know, and under which it knows them. */
  readonly also = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'xmpp' });

  constructor(private readonly to: number) {
    this.server = createServer((asked, answer) => this.pass(asked, answer));
    this.server.on('upgrade', (asked, socket, head) => this.sockets.handleUpgrade(asked, socket, head, (near) => this.join(near)));
  }
  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, 'localhost', resolve));
    return this;
  }
  get base(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}/`;
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const change = this.changes.get(asked.url ?? '');
    const headers = { ...asked.headers };
    if (change) for (const name of ['accept-encoding', 'if-none-match']) delete headers[name];
    const far = request({ host: '127.0.0.1', port: this.to, path: this.also.get(asked.url ?? '') ?? asked.url, method: asked.method, headers }, async (given) => {
      if (!change) {
        answer.writeHead(given.statusCode!, given.headers);
        return void given.pipe(answer);
      }
      let text = '';
      for await (const part of given.setEncoding('utf8')) text += part;
      const { etag: _etag, 'content-length': _length, ...rest } = given.headers;
      answer.writeHead(given.statusCode!, rest).end(change(text));
    });
    far.on('error', () => answer.destroy());
    asked.pipe(far);
  }
  private join(near: WebSocket): void {
    const far = new WebSocket(`ws://127.0.0.1:${this.to}/xmpp-websocket`, 'xmpp');
    const early: string[] = [];
    near.on('message', (data) => {
      this.note('browser', String(data));
      if (far.readyState === WebSocket.OPEN) far.send(String(data));
      else early.push(String(data));
    });
    far.on('open', () => { for (const text of early.splice(0)) far.send(text); });
    far.on('message', (data) => {
      this.note('server', String(data));
      near.send(String(data));
    });
    for (const [one, other] of [[near, far], [far, near]] as const) one.on('close', () => other.close()).on('error', () => other.terminate());
  }
  private note(from: Passed['from'], text: string): void {
    this.passed.push({ from, text });
    for (const listener of [...this.listeners]) listener();
  }

  /** Where the first one from there on that looks like it stands in `passed`. */
  until(from: Passed['from'], wanted: RegExp, after = 0): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing like ${wanted} from the ${from}`)), wait_ms);
      const look = (): void => {
        const found = this.passed.findIndex((one, i) => i >= after && one.from === from && wanted.test(one.text));
        if (found < 0) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(found);
      };
      this.listeners.add(look);
      look();
    });
  }
  close(): void {
    for (const one of this.sockets.clients) one.terminate();
    this.server.closeAllConnections();
    this.server.close();
  }
}
