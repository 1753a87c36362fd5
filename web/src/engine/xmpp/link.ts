// The session above the streams: counts stanzas, keeps what is not acknowledged, matches answers to requests, notices a
// dead line. It outlives its streams for as long as the server resumes it.
import { randomId } from './bytes';
import { IqError, stanzaError } from './errors';
import { bare } from './jid';
import { NS } from './ns';
import type { LoggedIn } from './login';
import { StreamManagement, TooMuchAcknowledged, type Unacked } from './sm';
import type { EndReason, Stream } from './stream';
import { attr, el, Element } from './xml';

const IQ_TIMEOUT_MS = 30_000;
/** Silence after which the line is asked for a sign of life, and how long that may take. */
const QUIET_MS = 60_000;
const ANSWER_MS = 15_000;
const URGENT_ANSWER_MS = 5_000;

export interface LinkEvents {
  /** A message, presence or IQ request, in order. Answers to own requests do not come here. */
  stanza(stanza: Element): void;
  /** The server has this durably: an own message of the outbox. */
  acked(outboxId: string): void;
  /** The stream is gone; the session perhaps not. */
  down(reason: EndReason): void;
}

interface Pending {
  to: string;
  resolve: (answer: Element) => void;
  reject: (error: IqError) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Link {
  jid = '';
  private stream: Stream | null = null;
  private readonly pending = new Map<string, Pending>();
  private readonly sm = new StreamManagement((one) => one.outboxId !== undefined && this.events.acked(one.outboxId));
  private asked = false;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private answer: ReturnType<typeof setTimeout> | undefined;
  private urgent = false;

  constructor(private readonly events: LinkEvents) {}

  get up(): boolean {
    return this.stream !== null;
  }
  get resumable(): { previd: string; h: number } | undefined {
    return this.sm.resumable ? { previd: this.sm.id, h: this.sm.handled } : undefined;
  }

  /** Takes over a stream that has logged in. Returns whether the old session goes on; if not, what was under way is given up:
      first() sees it before anything of the new session is handled. */
  attach(login: LoggedIn, first: (resumed: boolean, lost: readonly Unacked[]) => void): void {
    this.stream?.drop({ kind: 'closed' });
    const resumed = login.resumed !== null && this.sm.resumable;
    let lost: Unacked[] = [];
    if (resumed) this.sm.ack(login.resumed!.h);
    else lost = this.forget();
    this.jid = login.jid || this.jid;
    if (!resumed && login.sm) this.sm.enabled(login.sm.id, login.sm.max);
    const { stream } = login;
    this.stream = stream;
    stream.onEnd = (reason) => this.ended(stream, reason);
    if (resumed) for (const one of this.sm.unacknowledged) stream.sendText(one.xml);
    first(resumed, lost);
    this.heard();
    if (stream.ended) return this.ended(stream, stream.ended);
    stream.start((element) => this.receive(element));
    if (this.sm.unacknowledged.length) this.requestAck();
  }

  send(stanza: Element, outboxId?: string): void {
    stanza.attrs.xmlns ??= NS.client;
    const xml = stanza.toString();
    if (this.sm.resumable) this.sm.sent({ xml, outboxId });
    if (!this.stream) return; // resuming sends it, or gives it up
    this.stream.sendText(xml);
    if (outboxId !== undefined) this.requestAck();
  }
  /** Not a stanza: client state. */
  sendNonza(element: Element): void {
    this.stream?.send(element);
  }

  /** The whole answer; rejects with IqError: the peer's own, or 'timeout', 'offline'. */
  iq(type: 'get' | 'set', payload: Element, to?: string, timeoutMs = IQ_TIMEOUT_MS): Promise<Element> {
    const id = randomId(12);
    return new Promise((resolve, reject) => {
      if (!this.stream && !this.sm.resumable) return reject(failure('offline'));
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(failure('timeout'));
      }, timeoutMs);
      this.pending.set(id, { to: to ?? '', resolve, reject, timer });
      this.send(el('iq', { type, id, to }, payload));
    });
  }

  /** The computer may have slept, the network may have changed: is the line still there? */
  check(): void {
    this.expectAnswer(URGENT_ANSWER_MS);
  }
  /** Ends the session for good. */
  close(): void {
    const { stream } = this;
    this.stream = null;
    stream?.close();
    this.forget();
    this.stopTimers();
  }
  /** Cuts the stream; the session stays resumable. */
  cut(): void {
    this.stream?.drop({ kind: 'lost' });
  }

  /** Lets go of the stream, and tells nobody: nothing it still brings is counted. The session stays resumable. */
  leave(): void {
    const { stream } = this;
    this.stream = null;
    this.stopTimers();
    stream?.drop({ kind: 'closed' });
  }

  private forget(): Unacked[] {
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(failure('offline'));
    }
    this.pending.clear();
    return this.sm.giveUp();
  }

  private receive(element: Element): void {
    this.heard();
    if (element.getNS() === NS.sm) return this.receiveSm(element);
    if (!['message', 'presence', 'iq'].includes(element.name)) return;
    this.sm.received();
    if (element.name === 'iq' && ['result', 'error'].includes(attr(element, 'type'))) return this.settle(element);
    this.events.stanza(element);
  }

  private receiveSm(element: Element): void {
    if (element.name === 'r') return this.sendNonza(el('a', { xmlns: NS.sm, h: this.sm.handled }));
    if (element.name !== 'a') return;
    try {
      this.sm.ack(Number(attr(element, 'h')) >>> 0);
    } catch (error) {
      if (!(error instanceof TooMuchAcknowledged)) throw error;
      this.stream?.drop({ kind: 'broken' });
    }
  }

  /** An answer counts only from where the request went (RFC 6120 §8.1.2.1, CVE-2013-6483). */
  private settle(answer: Element): void {
    const id = attr(answer, 'id');
    const request = this.pending.get(id);
    if (!request) return;
    const from = attr(answer, 'from');
    const own = bare(this.jid);
    const right = request.to === '' || request.to === own ? from === '' || from === own : from === request.to;
    if (!right) return;
    this.pending.delete(id);
    clearTimeout(request.timer);
    if (attr(answer, 'type') === 'result') request.resolve(answer);
    else request.reject(new IqError(stanzaError(answer)));
  }

  /** One <r/> for all that is sent in one turn. */
  private requestAck(): void {
    if (this.asked) return;
    this.asked = true;
    queueMicrotask(() => {
      this.asked = false;
      this.sendNonza(el('r', { xmlns: NS.sm }));
    });
  }

  private heard(): void {
    clearTimeout(this.answer);
    this.answer = undefined;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.expectAnswer(ANSWER_MS), QUIET_MS);
  }
  private expectAnswer(withinMs: number): void {
    const urgent = withinMs === URGENT_ANSWER_MS;
    // One asked for in no hurry is not waited for so long any more; one in a hurry is not put off.
    if (!this.stream || (this.answer !== undefined && (this.urgent || !urgent))) return;
    clearTimeout(this.answer);
    this.urgent = urgent;
    this.sendNonza(el('r', { xmlns: NS.sm }));
    const { stream } = this;
    this.answer = setTimeout(() => stream.drop({ kind: 'silent' }), withinMs);
  }
  private stopTimers(): void {
    clearTimeout(this.quiet);
    clearTimeout(this.answer);
    this.answer = undefined;
  }

  private ended(stream: Stream, reason: EndReason): void {
    if (this.stream !== stream) return;
    this.stream = null;
    this.stopTimers();
    this.events.down(reason);
  }
}

function failure(condition: 'offline' | 'timeout'): IqError {
  return new IqError({ type: 'wait', condition, text: '' });
}
