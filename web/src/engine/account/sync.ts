// Catching up with the archive, and pages of it. Each step leaves history's ranges true, whenever it is cut off.
import { compareEntries, laterEntry, type Item, type MessageItem } from '../../model/item';
import type { BareJid, EntryId, Message, Time } from '../../model/types';
import type { Event, PagePlace } from '../contract';
import { IqError } from '../xmpp/errors';
import type { Archive, ArchivedMessage, ArchivePage, PageQuery } from './archive';
import { UNREAD_MAX, type History } from './history';
import type { Outbox } from './outbox';
import { parseMessage } from './parse';
import { BEGINNING, END, rangeOf } from './ranges';

const PAGE = 100;
/** Beyond so many pages, what was missed is fetched per conversation, newest page only. */
const CATCH_UP_PAGES = 3;
const NEWEST_PAGE = 30;
const NEWEST_ROUNDS = 5;
/** Pages of the archive looked through for one page of messages: receipts and the like take entries too. */
const ROUNDS = 10;
const SETTLE_PAGES = 50;
/** How far a clock may be wrong, where an entry has to be found by the time. */
const CLOCK_MS = 24 * 3_600_000;

export interface SyncHost {
  own: BareJid;
  archive: Archive;
  history: History;
  outbox: Outbox;
  emit(event: Event): void;
  now(): Time;
  /** Whom one talks to though nothing of it is known here yet. */
  contacts(): BareJid[];
  /** What catching up has brought; what is later than `since` came since the last visit, '' where nothing is known of one. */
  arrived(items: Item[], since: EntryId): void;
}

export interface MessagePage {
  messages: Message[];
  atStart: boolean;
  atEnd: boolean;
}

/** A part of a conversation of which everything is kept. */
interface Stretch {
  after: EntryId;
  before: EntryId;
  limit: number;
  /** Of what lies between the two, the newest; else the oldest. */
  newest: boolean;
  /** It begins with the log; where the oldest are meant: it ends with it. */
  reaches: boolean;
}

export class Sync {
  private forwarding: Promise<void> | null = null;
  private again = false;

  constructor(private readonly host: SyncHost) {}

  /** After a session was begun anew: the newest pages, and what of the outbox is in the archive already. */
  async catchUp(): Promise<void> {
    try {
      await this.catchUpOnce();
    } catch (error) {
      if (!gone(error) || !this.host.history.tailTo) throw error;
      await this.host.history.forgetPlaces();
      await this.catchUpOnce();
    }
  }
  private async catchUpOnce(): Promise<void> {
    const { history } = this.host;
    const since = history.tailTo;
    // A new browser: other devices of the account have read so far.
    const lastRead = history.lastRead();
    let [first, last, complete]: [EntryId, EntryId, boolean] = ['', '', false];
    for (let n = 0; n < CATCH_UP_PAGES && !complete; ++n) {
      const page = await this.fetch({ before: first, afterId: since, max: PAGE });
      const items = this.items(page.messages);
      await history.ingest(items);
      this.host.arrived(items, since || lastRead);
      last ||= page.last;
      first = page.first || first;
      complete = page.complete || !page.first;
    }
    if (complete) await history.setTail(since ? history.tailFrom : BEGINNING, last || since);
    else await this.leaveGap(since, first, last);
  }

  /** What was missed is more than was fetched: the old tail becomes a range of each conversation, and each that has news
      gets its newest messages. */
  private async leaveGap(since: EntryId, first: EntryId, last: EntryId): Promise<void> {
    const { history } = this.host;
    const known = [...history.conversations.keys()];
    if (since) for (const jid of known) await history.addRange(jid, [history.tailStart(jid), since]);
    await history.setTail(first, last);
    for (const jid of new Set([...known, ...this.host.contacts()])) {
      const low = await this.bringNewest(jid, since);
      if (since && compareEntries(low, since) > 0) this.host.emit({ type: 'gap', conversation: jid, after: since });
    }
  }

  /** Back from the newest entry until something can be shown and unread messages are counted, or what is known is reached:
      receipts alone can fill pages. Returns where the stretch begins. */
  private async bringNewest(jid: BareJid, since: EntryId): Promise<EntryId> {
    const { history } = this.host;
    for (let round = 0; ; ++round) {
      const low = rangeOf(history.ranges(jid), END)![0];
      const news = await this.count(jid, { after: low, before: END, limit: UNREAD_MAX, newest: true, reaches: false });
      const { readUpTo } = history.conversation(jid).record;
      const counted = news >= UNREAD_MAX || compareEntries(low, readUpTo) <= 0;
      if (compareEntries(low, laterEntry(since, BEGINNING)) <= 0 || (news > 0 && counted) || round >= NEWEST_ROUNDS) return low;
      const page = await this.fetch({ with: jid, before: low, afterId: since, max: round ? PAGE : NEWEST_PAGE });
      await history.ingest(this.items(page.messages));
      await history.addRange(jid, [page.complete || !page.first ? since || BEGINNING : page.first, low]);
    }
  }

  /** All entries after the tail's end: own messages get their places. Calls that come meanwhile are one more round. */
  forward(): Promise<void> {
    this.again = true;
    this.forwarding ??= this.forwardRounds();
    return this.forwarding;
  }
  private async forwardRounds(): Promise<void> {
    try {
      while (this.again) {
        this.again = false;
        try {
          await this.forwardOnce();
        } catch (error) {
          if (!gone(error)) throw error;
          await this.catchUp();
        }
      }
    } finally {
      this.forwarding = null; // in the same turn as the last look at `again`
    }
  }
  private async forwardOnce(): Promise<void> {
    const { history } = this.host;
    for (let complete = false; !complete; ) {
      const page = await this.fetch({ after: history.tailTo, max: PAGE });
      await history.ingest(this.items(page.messages));
      if (page.last) await history.setTail(history.tailFrom, page.last);
      complete = page.complete || !page.last;
    }
  }

  /** Which of the outbox's doubtful records did arrive. Throws where the archive does not answer: they stay doubtful. */
  async settle(): Promise<void> {
    const doubtful = this.host.outbox.unsure;
    if (!doubtful.length) return;
    const byPeer = groupBy(doubtful, (r) => r.command.to);
    for (const [peer, records] of byPeer) {
      const after = records.map((r) => r.after).reduce((a, b) => (compareEntries(a, b) <= 0 ? a : b));
      try {
        await this.look({ with: peer, after });
      } catch (error) {
        if (!gone(error)) throw error;
        await this.look({ with: peer, start: Math.min(...records.map((r) => r.at)) - CLOCK_MS });
      }
    }
    this.host.outbox.notFound(doubtful.map((r) => r.id));
  }
  private async look(from: Omit<PageQuery, 'max'>): Promise<void> {
    let { after } = from;
    for (let n = 0; n < SETTLE_PAGES; ++n) {
      const page = await this.fetch({ ...from, after, max: PAGE });
      await this.host.history.ingest(this.items(page.messages));
      if (page.complete || !page.last) break;
      after = page.last;
    }
  }

  /** Gives the page once: read and folded in one turn of the history's queue, so that what is announced before is in it, and what is
      announced later is newer than it. */
  async page(jid: BareJid, at: PagePlace, limit: number, give: (page: MessagePage) => void): Promise<void> {
    const parts = 'around' in at ? await this.around(jid, at.around, limit)
      : [await ('newest' in at ? this.older(jid, END, limit) : 'before' in at ? this.older(jid, at.before, limit) : this.newer(jid, at.after, limit))];
    const { history, outbox } = this.host;
    await history.queued(async () => {
      const found = await Promise.all(parts.map((part) => this.kept(jid, part)));
      const all = (i: number): boolean => parts[i]!.reaches && found[i]!.length < parts[i]!.limit;
      const last = parts.length - 1;
      const atEnd = parts[last]!.newest ? parts[last]!.before === END : all(last);
      const items = [...found.flat(), ...(atEnd ? outbox.messagesOf(jid) : [])];
      give({ messages: await Promise.all(items.map((m) => history.foldItem(m))), atStart: parts[0]!.newest && all(0), atEnd });
    });
  }

  /** The newest before an entry: what of it is not known to be whole is fetched. */
  private async older(jid: BareJid, before: EntryId, limit: number): Promise<Stretch> {
    for (let round = 0; ; ++round) {
      const low = rangeOf(this.host.history.ranges(jid), before)?.[0] ?? before;
      const part = { after: low, before, limit, newest: true, reaches: compareEntries(low, BEGINNING) === 0 };
      const found = await this.count(jid, part);
      if (found >= limit || part.reaches || round >= ROUNDS) return part;
      try {
        const page = await this.fetchBeside(jid, { before: low === END ? '' : low, max: Math.max(PAGE, limit) });
        await this.host.history.ingest(this.items(page.messages), { quiet: true });
        await this.host.history.addRange(jid, [page.complete || !page.first ? BEGINNING : page.first, low]);
      } catch (error) {
        if (found && offline(error)) return part;
        throw error;
      }
    }
  }

  /** The oldest after an entry. */
  private async newer(jid: BareJid, after: EntryId, limit: number): Promise<Stretch> {
    for (let round = 0; ; ++round) {
      const high = rangeOf(this.host.history.ranges(jid), after)?.[1] ?? after;
      const part = { after, before: high, limit, newest: false, reaches: high === END };
      const found = await this.count(jid, part);
      if (found >= limit || part.reaches || round >= ROUNDS) return part;
      try {
        const page = await this.fetchBeside(jid, { after: high, max: Math.max(PAGE, limit) });
        await this.host.history.ingest(this.items(page.messages), { quiet: true });
        const { tailTo } = this.host.history;
        await this.host.history.addRange(jid, [high, page.complete || !page.last ? laterEntry(tailTo, page.last) : page.last]);
      } catch (error) {
        if (found && offline(error)) return part;
        throw error;
      }
    }
  }

  /** What lies before a time, and what from then on. */
  private async around(jid: BareJid, time: Time, limit: number): Promise<Stretch[]> {
    const half = Math.ceil(limit / 2);
    const page = await this.fetch({ with: jid, start: time, max: PAGE });
    await this.host.history.ingest(this.items(page.messages), { quiet: true });
    if (!page.first) return [await this.older(jid, END, limit)];
    await this.host.history.addRange(jid, [page.first, page.complete ? laterEntry(this.host.history.tailTo, page.last) : page.last]);
    // From right before the first one on, so that it is among them.
    const before = await this.older(jid, page.first, half);
    const at = (BigInt(page.first) - 1n).toString();
    await this.host.history.addRange(jid, [at, page.first]);
    return [before, await this.newer(jid, at, half)];
  }

  /** A page next to an entry; where that is in the archive no more, next to the time of its message. */
  private async fetchBeside(jid: BareJid, at: { before: EntryId; max: number } | { after: EntryId; max: number }): Promise<ArchivePage> {
    try {
      return await this.fetch({ with: jid, ...at });
    } catch (error) {
      const older = 'before' in at;
      const kept = gone(error) ? await this.messageAt(jid, older ? at.before : at.after, older) : undefined;
      if (!kept) throw error;
      return this.fetch({ with: jid, max: at.max, ...(older ? { before: '', end: kept.at } : { start: kept.at }) });
    }
  }
  /** The kept message at an end of a range, which need not be of a message itself: the next one within. */
  private async messageAt(jid: BareJid, entry: EntryId, within: boolean): Promise<MessageItem | undefined> {
    const [after, before] = within ? [(BigInt(entry) - 1n).toString(), ''] : ['', (BigInt(entry) + 1n).toString()];
    return (await this.host.history.queued(() => this.host.history.keptMessages(jid, after, before, 1, !within)))[0];
  }

  private async count(jid: BareJid, part: Stretch): Promise<number> {
    return (await this.host.history.queued(() => this.kept(jid, part))).length;
  }
  /** Kept messages strictly between two entries. */
  private kept(jid: BareJid, { after, before, limit, newest }: Stretch): Promise<MessageItem[]> {
    // A range's ends belong to it.
    const from = newest && compareEntries(after, BEGINNING) > 0 ? (BigInt(after) - 1n).toString() : after;
    const to = !newest && before !== END ? (BigInt(before) + 1n).toString() : before;
    return this.host.history.keptMessages(jid, from, to, limit, newest);
  }

  async fetch(query: PageQuery): Promise<ArchivePage> {
    return this.host.archive.page(query);
  }
  items(messages: ArchivedMessage[]): Item[] {
    const { own } = this.host;
    const parsed = messages.map(({ entry, message, at }) => parseMessage(message, { own, entry, at: at || undefined, now: this.host.now() }));
    return parsed.filter((i): i is Item => i !== null);
  }
}

function offline(error: unknown): boolean {
  return error instanceof IqError && ['offline', 'timeout'].includes(error.error.condition);
}
/** An entry that was named is not in the archive. */
function gone(error: unknown): boolean {
  return error instanceof IqError && error.error.condition === 'item-not-found';
}
function groupBy<T, K>(list: T[], key: (one: T) => K): Map<K, T[]> {
  const out = new Map<K, T[]>();
  for (const one of list) out.set(key(one), [...(out.get(key(one)) ?? []), one]);
  return out;
}
