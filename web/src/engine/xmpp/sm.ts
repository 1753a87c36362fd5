// Counting of stream management (XEP-0198) as values: what was handled, what is not yet acknowledged.
// Counters are 32 bits and wrap (§4).

export interface Unacked {
  xml: string;
  /** Of the outbox; undefined for what may be lost. */
  outboxId?: string;
}

export class TooMuchAcknowledged extends Error {}

export class StreamManagement {
  id = '';
  /** How long the server keeps the session, seconds. */
  max = 0;
  handled = 0;
  private acknowledged = 0;
  private queue: Unacked[] = [];

  constructor(private readonly onAcked: (one: Unacked) => void) {}

  enabled(id: string, max: number): void {
    this.id = id;
    this.max = max;
    this.handled = 0;
    this.acknowledged = 0;
  }
  get resumable(): boolean {
    return this.id !== '';
  }
  received(): void {
    this.handled = (this.handled + 1) >>> 0;
  }
  sent(one: Unacked): void {
    this.queue.push(one);
  }
  get unacknowledged(): readonly Unacked[] {
    return this.queue;
  }

  /** Throws where the server counts what it was never sent: the stream cannot be trusted any more. */
  ack(h: number): void {
    const count = (h - this.acknowledged) >>> 0;
    if (count > this.queue.length) {
      // A count that goes back is not an acknowledgement of nearly 2^32 stanzas, but a late one: nothing new.
      if (count > 0x7fffffff) return;
      throw new TooMuchAcknowledged(`h=${h}, but only ${this.queue.length} more were sent`);
    }
    const done = this.queue.splice(0, count);
    this.acknowledged = h >>> 0;
    for (const one of done) this.onAcked(one);
  }

  /** The session is over: what was under way, oldest first. */
  giveUp(): Unacked[] {
    const rest = this.queue;
    this.queue = [];
    this.id = '';
    this.handled = 0;
    this.acknowledged = 0;
    return rest;
  }
}
