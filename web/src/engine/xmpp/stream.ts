// One XMPP stream over one WebSocket (RFC 7395), as a queue of top-level elements: whoever negotiates takes them one by
// one, and start() hands the rest, and all that follow, to the session. Nothing that comes in the same packet is missed.
import { NS } from './ns';
import type { OpenSocket, Socket } from './socket';
import { children, el, Element, parse } from './xml';

export type EndReason =
  | { kind: 'unreachable' } // never opened
  | { kind: 'lost' } // the socket went away
  | { kind: 'closed' } // the other side said so, or this one
  | { kind: 'silent' } // no answer in time
  | { kind: 'broken' } // what came was no XMPP
  | { kind: 'stream-error'; condition: string };

export class StreamEnded extends Error {
  constructor(readonly reason: EndReason) {
    super(reason.kind === 'stream-error' ? reason.condition : reason.kind);
  }
}

export class Stream {
  private readonly queue: Element[] = [];
  private waiter: { resolve: (e: Element) => void; reject: (e: Error) => void } | null = null;
  private sink: ((element: Element) => void) | null = null;
  private readonly socket: Socket;
  private opened = false;
  private deadline: ReturnType<typeof setTimeout> | undefined;
  ended: EndReason | null = null;
  /** Called once, when the stream has ended, however. */
  onEnd: (reason: EndReason) => void = () => {};

  /** `first` goes out as soon as the socket is open: the stream's header and what can be pipelined after it. */
  constructor(open: OpenSocket, url: string, private readonly domain: string, first: Element[], negotiationMs: number) {
    this.socket = open(url, {
      open: () => {
        this.opened = true;
        this.openAgain();
        for (const element of first) this.send(element);
      },
      text: (text) => this.read(text),
      closed: () => this.end({ kind: this.opened ? 'lost' : 'unreachable' }),
    });
    this.deadline = setTimeout(() => this.end({ kind: this.opened ? 'silent' : 'unreachable' }), negotiationMs);
  }

  openAgain(): void {
    this.send(el('open', { xmlns: NS.framing, to: this.domain, version: '1.0' }));
  }
  send(element: Element): void {
    this.sendText(element.toString());
  }
  sendText(xml: string): void {
    if (!this.ended) this.socket.send(xml);
  }

  next(): Promise<Element> {
    const first = this.queue.shift();
    if (first) return Promise.resolve(first);
    if (this.ended) return Promise.reject(new StreamEnded(this.ended));
    return new Promise((resolve, reject) => (this.waiter = { resolve, reject }));
  }
  /** Negotiation is over. */
  start(sink: (element: Element) => void): void {
    clearTimeout(this.deadline);
    this.sink = sink;
    for (const element of this.queue.splice(0)) if (!this.ended) sink(element);
  }

  close(): void {
    if (this.ended) return;
    this.send(el('close', { xmlns: NS.framing }));
    this.end({ kind: 'closed' });
  }
  /** Nothing is said any more: the line is thought dead, or the session is to stay resumable. */
  drop(reason: EndReason): void {
    this.end(reason);
  }

  private read(text: string): void {
    if (this.ended) return;
    let element: Element;
    try {
      element = parse(text);
    } catch {
      this.end({ kind: 'broken' });
      return;
    }
    if (element.is('open', NS.framing)) return;
    if (element.is('close', NS.framing)) return this.end({ kind: 'closed' });
    if (element.is('error', NS.stream)) {
      const condition = children(element).find((c) => c.getNS() === NS.streamErrors && c.getName() !== 'text');
      return this.end({ kind: 'stream-error', condition: condition?.getName() ?? 'undefined-condition' });
    }
    if (this.sink) return this.sink(element);
    if (!this.waiter) return void this.queue.push(element);
    const { resolve } = this.waiter;
    this.waiter = null;
    resolve(element);
  }

  private end(reason: EndReason): void {
    if (this.ended) return;
    this.ended = reason;
    clearTimeout(this.deadline);
    this.socket.close();
    const waiter = this.waiter;
    this.waiter = null;
    waiter?.reject(new StreamEnded(reason));
    this.onEnd(reason);
  }
}
