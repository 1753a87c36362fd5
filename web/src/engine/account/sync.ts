// Catching up with the archive, and pages of it. Each step leaves history's ranges true, whenever it is cut off.
import { compareEntries, laterEntry, type Item, type MessageItem } from '../../model/item';
import type { BareJid, EntryId, Message, Time } from '../../model/types';
import type { Event, PagePlace } from '../contract';
import { IqError } from '../xmpp/errors';
import type { Archive, ArchivedMessage, ArchivePage, PageQuery } from './archive';
import { UNREAD_MAX, type History } from './history';
import type { Inbox } from './inbox';
import type { Outbox } from './outbox';
import { parseMessage } from './parse';
import { BEGINNING, END, rangeOf } from './ranges';

const PAGE = 100;
/** Beyond so many pages, what was missed is fetched per conversation, newest page only. */
const CATCH_UP_PAGES = 3;
const NEWEST_PAGE = 30;
/** Pages of one conversation, and so many conversations, before what waits is sent; the rest comes after that. */
const NEWEST_ROUNDS = 5;
const NEWEST_CONVERSATIONS = 100;
/** Pages of the archive looked through to fill one page of messages: receipts and the like take entries too. One that would be empty
    is looked for until there is something, since nobody could scroll on from it. */
const ROUNDS = 10;
/** Where pages brought nothing to show: as much at once as a server gives. */
const FAR_PAGE = 250;
const SETTLE_PAGES = 50;
/** How far a clock may be wrong, where an entry has to be found by the time. */
const CLOCK_MS = 24 * 3_600_000;

export interface SyncHost {
  own: BareJid;
  archive: Archive;
  inbox: Inbox;
  history: History;
  outbox: Outbox;
  emit(event: Event): void;
  now(): Time;
  /** Whom one may talk to though nothing of it is known here yet. */
  contacts(): BareJid[];
  /** What catching up has brought; what is later than `since` came since the last visit, '' where nothing is known of one. */
  arrived(items: Item[], since: EntryId): void;
  /** The newest of a conversation that was behind. */
  brought(items: Item[]): void;
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
    const pages: Item[][] = [];
    for (let n = 0; n < CATCH_UP_PAGES && !complete; ++n) {
      const page = await this.fetch({ before: first, afterId: since, max: PAGE });
      pages.unshift(this.items(page.messages));
      last ||= page.last;
      first = page.first || first;
      complete = page.complete || !page.first;
    }
    // Taken in only when it is known whether they follow what is here: else they would be shown as if they did.
    if (!complete) await this.leaveBehind(since, await this.missed(since));
    for (const items of pages) {
      await history.ingest(items);
      this.host.arrived(items, since || lastRead);
    }
    if (complete) await history.setTail(since ? history.tailFrom : BEGINNING, last || since);
    else await this.leaveGap(since, first, last);
    await this.bringBehind(NEWEST_ROUNDS, NEWEST_CONVERSATIONS);
  }

  /** Who may have written behind the pages that were fetched: a list made after them, so nobody is between the two. Without one, those
      one knows: strangers are not found then. */
  private async missed(since: EntryId): Promise<BareJid[]> {
    const { jids, whole } = await this.host.inbox.since(since);
    return whole ? jids : [...jids, ...this.host.contacts()];
  }
  /** What was missed is more than was fetched: the old tail becomes a range of each conversation, and each is behind until its newest
      messages are here. That is kept before the tail moves: whoever is cut off goes on with it. */
  private async leaveBehind(since: EntryId, missed: BareJid[]): Promise<void> {
    const { history } = this.host;
    for (const jid of new Set([...missed, ...history.conversations.keys()])) await history.leaveBehind(jid, since || BEGINNING);
  }
  private async leaveGap(since: EntryId, first: EntryId, last: EntryId): Promise<void> {
    const { history } = this.host;
    await this.leaveBehind(since, []); // of those who have just been met too
    const moved = history.setTail(first, last);
    // In this very turn: pages given before end with the old tail, those given later begin from the new one.
    if (since) for (const conversation of history.conversations.keys()) this.host.emit({ type: 'gap', conversation, after: since });
    await moved;
  }

  /** The newest messages of each conversation that is behind. What is not reached in so many pages each, or is one of too many, stays
      behind. */
  async bringBehind(roundsMax = Infinity, conversationsMax = Infinity): Promise<void> {
    const { history } = this.host;
    const behind = [...history.conversations.values()].filter(({ record }) => record.behind);
    for (const { record } of behind.slice(0, conversationsMax))
      if (record.behind && (await this.bringNewest(record.jid, record.behind, roundsMax))) await history.caughtUp(record.jid);
  }

  /** Back from the newest entry until something can be shown and unread messages are counted, or what is known is reached: every
      other device of the account confirms what comes, so there may be many times more receipts than messages, and all after them. */
  private async bringNewest(jid: BareJid, since: EntryId, roundsMax: number): Promise<boolean> {
    const { history } = this.host;
    for (let round = 0; ; ++round) {
      const low = rangeOf(history.ranges(jid), END)![0];
      const news = await this.count(jid, { after: low, before: END, limit: UNREAD_MAX, newest: true, reaches: false });
      const { readUpTo } = history.conversation(jid).record;
      const counted = news >= UNREAD_MAX || compareEntries(low, readUpTo) <= 0;
      if (compareEntries(low, since) <= 0 || (news > 0 && counted)) return true;
      if (round >= roundsMax) return false;
      const max = round === 0 ? NEWEST_PAGE : round < NEWEST_ROUNDS ? PAGE : FAR_PAGE;
      const page = await this.fetch({ with: jid, before: low, afterId: since === BEGINNING ? '' : since, max });
      const items = this.items(page.messages);
      await history.ingest(items);
      this.host.brought(items);
      await history.addRange(jid, [page.complete || !page.first ? since : page.first, low]);
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

  /** Which of the outbox's doubtful records did arrive, and where those are that certainly did: their copies may lie in a gap. Throws
      where the archive does not answer: they stay as they are. */
  async settle(): Promise<void> {
    const doubtful = [...this.host.outbox.unsure, ...this.host.outbox.unplaced];
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
    const { history, outbox } = this.host;
    const { tails } = history;
    const parts = 'around' in at ? await this.around(jid, at.around, limit)
      : [await ('newest' in at ? this.older(jid, END, limit) : 'before' in at ? this.older(jid, at.before, limit) : this.newer(jid, at.after, limit))];
    const given = await history.queued(async () => {
      const found = await Promise.all(parts.map((part) => this.kept(jid, part)));
      const all = (i: number): boolean => parts[i]!.reaches && found[i]!.length < parts[i]!.limit;
      const last = parts.length - 1;
      const atEnd = parts[last]!.newest ? parts[last]!.before === END : all(last);
      const items = [...found.flat(), ...(atEnd ? outbox.messagesOf(jid) : [])];
      const messages = await Promise.all(items.map((m) => history.foldItem(m)));
      if (tails !== history.tails) return false; // a gap was found meanwhile: what was one stretch may be two
      give({ messages, atStart: parts[0]!.newest && all(0), atEnd });
      return true;
    });
    if (!given) await this.page(jid, at, limit, give);
  }

  /** The newest before an entry: what of it is not known to be whole is fetched. */
  private async older(jid: BareJid, before: EntryId, limit: number): Promise<Stretch> {
    for (let round = 0; ; ++round) {
      const low = rangeOf(this.host.history.ranges(jid), before)?.[0] ?? before;
      const part = { after: low, before, limit, newest: true, reaches: compareEntries(low, BEGINNING) === 0 };
      const found = await this.count(jid, part);
      if (found >= limit || part.reaches || (found > 0 && round >= ROUNDS)) return part;
      try {
        const page = await this.fetchBeside(jid, { before: low === END ? '' : low, max: pageFor(limit, round) });
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
      if (found >= limit || part.reaches || (found > 0 && round >= ROUNDS)) return part;
      try {
        const page = await this.fetchBeside(jid, { after: high, max: pageFor(limit, round) });
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

function pageFor(limit: number, round: number): number {
  return round < NEWEST_ROUNDS ? Math.max(PAGE, limit) : FAR_PAGE;
}
function offline(error: unknown): boolean {
  return error instanceof IqError && error.unanswered;
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
