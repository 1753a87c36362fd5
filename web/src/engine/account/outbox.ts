// What the user wrote and the archive does not show yet. A record is kept before anything is sent, and goes when its copy
// has been seen in the archive: then it has its place. In between:
//
//   waiting ──sent──▶ inflight ──acknowledged──▶ acked ──seen in the archive──▶ (gone)
//      ▲                 │ session lost, or browser closed
//      └──not in the archive── unsure ──found in the archive──▶ (gone)
//
// Nothing is sent while anything is unsure, so the order stays and nothing is sent twice.
import type { Item, MessageItem, ModItem } from '../../model/item';
import { isMessage } from '../../model/item';
import type { OnItsWay } from '../../model/fold';
import type { BareJid, EntryId } from '../../model/types';
import type { AccountStore, OutboxRecord, SendCommand } from '../store/store';
import { itemOf } from './compose';

export type Way = 'waiting' | 'inflight' | 'acked' | 'unsure' | 'failed';
/** Changes whose place is known, kept for this long that they can be tried again when they come back with an error. */
const RECENT_MAX = 100;
interface Kept {
  record: OutboxRecord;
  item: Item;
  way: Way;
}

export interface OutboxHost {
  own: BareJid;
  store: AccountStore;
  /** Hands the stanza to the session. */
  transmit(record: OutboxRecord): void;
  /** The line is up and the past is settled. */
  ready(): boolean;
  /** What a record means has changed its way. */
  changed(item: Item): void;
}

export class Outbox {
  private kept: Kept[] = [];
  private readonly recent = new Map<string, Kept>();
  private seq = 0;

  constructor(private readonly host: OutboxHost) {}

  async load(): Promise<void> {
    for (const record of await this.host.store.outbox()) {
      const item = itemOf(record, this.host.own);
      this.seq = Math.max(this.seq, record.seq);
      // A change that failed is nowhere to be seen: it could be tried again as long as the page was there that was told.
      if (record.failed && !isMessage(item)) await this.host.store.removeOutbox(record.id);
      else this.kept.push({ record, item, way: record.failed ? 'failed' : record.acked ? 'acked' : 'unsure' });
    }
  }

  /** Resolves when it is kept. A command with an id that is known already is the same one, said twice. `unsure`: it may have been sent. */
  async add(command: SendCommand, after: EntryId, way: 'waiting' | 'unsure' = 'waiting'): Promise<Item> {
    const known = this.find(command.id);
    if (known) return known.item;
    const record: OutboxRecord = { id: command.id, seq: ++this.seq, command, after, at: command.at };
    const kept: Kept = { record, item: itemOf(record, this.host.own), way };
    this.kept.push(kept);
    await this.host.store.putOutbox(record);
    this.flush();
    return kept.item;
  }

  flush(): void {
    if (!this.host.ready() || this.unsure.length) return;
    for (const kept of this.kept) {
      if (kept.way !== 'waiting') continue;
      kept.way = 'inflight';
      this.host.transmit(kept.record);
    }
  }

  async acked(id: string): Promise<void> {
    const kept = this.find(id);
    if (!kept || (kept.way !== 'inflight' && kept.way !== 'waiting')) return;
    kept.way = 'acked';
    kept.record.acked = true;
    await this.host.store.putOutbox(kept.record);
    if (this.find(id)) this.host.changed(kept.item);
    else await this.host.store.removeOutbox(id);
  }

  /** The session is lost: what was under way may or may not have arrived. */
  sessionLost(): void {
    for (const kept of this.kept) {
      if (kept.way !== 'inflight') continue;
      kept.way = 'unsure';
      if (!isMessage(kept.item)) this.host.changed(kept.item);
    }
  }
  get unsure(): OutboxRecord[] {
    return this.kept.filter((k) => k.way === 'unsure').map((k) => k.record);
  }
  /** Not on the server, as far as one knows; messages that failed too. */
  get unsent(): number {
    return this.kept.filter((k) => k.way !== 'acked' && (k.way !== 'failed' || isMessage(k.item))).length;
  }
  /** On the server, and not seen in the archive yet. */
  get unplaced(): OutboxRecord[] {
    return this.kept.filter((k) => k.way === 'acked').map((k) => k.record);
  }
  /** The archive was asked, and does not have them. */
  notFound(ids: string[]): void {
    for (const id of ids) {
      const kept = this.find(id);
      if (kept?.way === 'unsure') kept.way = 'waiting';
    }
  }

  /** Its copy is in the archive. */
  placed(id: string, entry: EntryId): void {
    const kept = this.find(id);
    if (!kept || entry === '') return;
    this.kept = this.kept.filter((k) => k !== kept);
    void this.host.store.removeOutbox(id);
    if (isMessage(kept.item)) return;
    this.recent.set(id, kept);
    if (this.recent.size > RECENT_MAX) this.recent.delete(this.recent.keys().next().value!);
  }

  /** It came back. What it was, where it is known: a change may have its place in the archive already. */
  async fail(id: string, why: string): Promise<Item | undefined> {
    const kept = this.find(id);
    if (!kept) return this.recent.get(id)?.item;
    kept.way = 'failed';
    kept.record.failed = why;
    await this.host.store.putOutbox(kept.record);
    this.host.changed(kept.item);
    return kept.item;
  }
  /** False where it is not here. */
  async retry(id: string): Promise<boolean> {
    const kept = this.find(id) ?? this.recent.get(id);
    if (!kept || (this.find(id) && kept.way !== 'failed')) return false;
    if (this.recent.delete(id)) this.kept.push(kept);
    kept.way = 'waiting';
    kept.record.failed = undefined;
    kept.record.acked = undefined;
    await this.host.store.putOutbox(kept.record);
    this.host.changed(kept.item);
    this.flush();
    return true;
  }
  async discard(id: string): Promise<void> {
    this.kept = this.kept.filter((k) => k.record.id !== id);
    await this.host.store.removeOutbox(id);
  }

  // --- what history folds in ---

  way(id: string): OnItsWay {
    const way = this.find(id)?.way;
    if (way === undefined || way === 'failed') return way;
    return way === 'acked' ? 'sent' : 'waiting';
  }
  failure(id: string): string | undefined {
    return this.find(id)?.record.failed;
  }
  /** What an own correction on its way corrects. */
  corrects(id: string): string | undefined {
    const item = this.find(id)?.item;
    return item?.kind === 'edit' ? item.target : undefined;
  }
  message(id: string): MessageItem | undefined {
    const item = this.find(id)?.item;
    return item && isMessage(item) ? item : undefined;
  }
  messagesOf(jid: BareJid): MessageItem[] {
    return this.kept.map((k) => k.item).filter(isMessage).filter((m) => m.conversation === jid);
  }
  /** A change of it waits for the line. */
  pending(jid: BareJid, wire: string): boolean {
    return this.kept.some((k) => (k.way === 'waiting' || k.way === 'unsure') && !isMessage(k.item) && k.item.conversation === jid && k.item.target === wire);
  }
  /** Those that failed change nothing. */
  modsOf(jid: BareJid, wire: string): ModItem[] {
    return this.kept
      .filter((k) => k.way !== 'failed')
      .map((k) => k.item)
      .filter((i): i is ModItem => !isMessage(i) && i.conversation === jid && i.target === wire);
  }
  private find(id: string): Kept | undefined {
    return this.kept.find((k) => k.record.id === id);
  }
}
