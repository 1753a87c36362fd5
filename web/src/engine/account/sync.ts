// Catching up with the archive, and pages of it. Each step leaves history's ranges true, whenever it is cut off.
import { compareEntries, laterEntry, type Item } from '../../model/item';
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

export interface SyncHost {
  own: BareJid;
  archive: Archive;
  history: History;
  outbox: Outbox;
  emit(event: Event): void;
  now(): Time;
  /** Whom one talks to though nothing of it is known here yet. */
  contacts(): BareJid[];
  /** Messages that came while no device was there: they get their receipts. */
  arrived(items: Item[]): void;
}

export interface MessagePage {
  messages: Message[];
  atStart: boolean;
  atEnd: boolean;
}

export class Sync {
  private forwarding: Promise<void> | null = null;
  private again = false;

  constructor(private readonly host: SyncHost) {}

  /** After a session was begun anew: the newest pages, and what of the outbox is in the archive already. */
  async catchUp(): Promise<void> {
    const { history } = this.host;
    const since = history.tailTo;
    let [first, last, complete]: [EntryId, EntryId, boolean] = ['', '', false];
    for (let n = 0; n < CATCH_UP_PAGES && !complete; ++n) {
      const page = await this.fetch({ before: first, afterId: since, max: PAGE });
      const items = this.items(page.messages);
      await history.ingest(items);
      if (since) this.host.arrived(items);
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
      const news = await this.kept(jid, low, END, UNREAD_MAX, true);
      const { readUpTo } = history.conversation(jid).record;
      const counted = news.length >= UNREAD_MAX || compareEntries(low, readUpTo) <= 0;
      if (compareEntries(low, laterEntry(since, BEGINNING)) <= 0 || (news.length > 0 && counted) || round >= NEWEST_ROUNDS) return low;
      const page = await this.fetch({ with: jid, before: low, afterId: since, max: round ? PAGE : NEWEST_PAGE });
      await history.ingest(this.items(page.messages));
      await history.addRange(jid, [page.complete || !page.first ? since || BEGINNING : page.first, low]);
    }
  }

  /** All entries after the tail's end: own messages get their places. Calls that come meanwhile are one more round. */
  forward(): Promise<void> {
    this.again = true;
    this.forwarding ??= this.forwardRounds().finally(() => (this.forwarding = null));
    return this.forwarding;
  }
  private async forwardRounds(): Promise<void> {
    const { history } = this.host;
    while (this.again) {
      this.again = false;
      for (let complete = false; !complete; ) {
        const page = await this.fetch({ after: history.tailTo, max: PAGE });
        await history.ingest(this.items(page.messages));
        if (page.last) await history.setTail(history.tailFrom, page.last);
        complete = page.complete || !page.last;
      }
    }
  }

  /** Which of the outbox's doubtful records did arrive. Throws where the archive does not answer: they stay doubtful. */
  async settle(): Promise<void> {
    const doubtful = this.host.outbox.unsure;
    if (!doubtful.length) return;
    const byPeer = groupBy(doubtful, (r) => r.command.to);
    for (const [peer, records] of byPeer) {
      let after = records.map((r) => r.after).reduce((a, b) => (compareEntries(a, b) <= 0 ? a : b));
      for (let n = 0; n < SETTLE_PAGES; ++n) {
        const page = await this.fetch({ with: peer, after, max: PAGE });
        await this.host.history.ingest(this.items(page.messages));
        if (page.complete || !page.last) break;
        after = page.last;
      }
    }
    this.host.outbox.notFound(doubtful.map((r) => r.id));
  }

  async page(jid: BareJid, at: PagePlace, limit: number): Promise<MessagePage> {
    if ('newest' in at) {
      const older = await this.older(jid, END, limit);
      return { ...older, messages: [...older.messages, ...(await this.pending(jid))], atEnd: true };
    }
    if ('before' in at) return { ...(await this.older(jid, at.before, limit)), atEnd: false };
    if ('after' in at) return this.newer(jid, at.after, limit);
    return this.around(jid, at.around, limit);
  }

  private async pending(jid: BareJid): Promise<Message[]> {
    const { history, outbox } = this.host;
    return history.queued(() => Promise.all(outbox.messagesOf(jid).map((m) => history.foldItem(m))));
  }

  private async older(jid: BareJid, before: EntryId, limit: number): Promise<MessagePage> {
    for (let round = 0; ; ++round) {
      const low = rangeOf(this.host.history.ranges(jid), before)?.[0] ?? before;
      const messages = await this.kept(jid, low, before, limit, true);
      const whole = compareEntries(low, BEGINNING) === 0;
      if (messages.length >= limit || whole || round >= ROUNDS)
        return { messages, atStart: whole && messages.length < limit, atEnd: false };
      try {
        const page = await this.fetch({ with: jid, before: low === END ? '' : low, max: Math.max(PAGE, limit) });
        await this.host.history.ingest(this.items(page.messages), { quiet: true });
        await this.host.history.addRange(jid, [page.complete || !page.first ? BEGINNING : page.first, low]);
      } catch (error) {
        if (messages.length && offline(error)) return { messages, atStart: false, atEnd: false };
        throw error;
      }
    }
  }

  private async newer(jid: BareJid, after: EntryId, limit: number): Promise<MessagePage> {
    for (let round = 0; ; ++round) {
      const high = rangeOf(this.host.history.ranges(jid), after)?.[1] ?? after;
      const messages = await this.kept(jid, after, high, limit, false);
      const whole = high === END && messages.length < limit;
      if (messages.length >= limit || high === END || round >= ROUNDS)
        return { messages: whole ? [...messages, ...(await this.pending(jid))] : messages, atStart: false, atEnd: whole };
      try {
        const page = await this.fetch({ with: jid, after: high, max: Math.max(PAGE, limit) });
        await this.host.history.ingest(this.items(page.messages), { quiet: true });
        const { tailTo } = this.host.history;
        await this.host.history.addRange(jid, [high, page.complete || !page.last ? laterEntry(tailTo, page.last) : page.last]);
      } catch (error) {
        if (messages.length && offline(error)) return { messages, atStart: false, atEnd: false };
        throw error;
      }
    }
  }

  private async around(jid: BareJid, time: Time, limit: number): Promise<MessagePage> {
    const half = Math.ceil(limit / 2);
    const page = await this.fetch({ with: jid, start: time, max: PAGE });
    await this.host.history.ingest(this.items(page.messages), { quiet: true });
    if (!page.first) return this.page(jid, { newest: true }, limit);
    await this.host.history.addRange(jid, [page.first, page.complete ? laterEntry(this.host.history.tailTo, page.last) : page.last]);
    // From right before the first one on, so that it is among them.
    const before = await this.older(jid, page.first, half);
    const at = (BigInt(page.first) - 1n).toString();
    await this.host.history.addRange(jid, [at, page.first]);
    const after = await this.newer(jid, at, half);
    return { messages: [...before.messages, ...after.messages], atStart: before.atStart, atEnd: after.atEnd };
  }

  /** Kept messages strictly between two entries, folded. */
  private kept(jid: BareJid, after: EntryId, before: EntryId, limit: number, newest: boolean): Promise<Message[]> {
    const { history } = this.host;
    // A range's ends belong to it.
    const from = newest && compareEntries(after, BEGINNING) > 0 ? (BigInt(after) - 1n).toString() : after;
    const to = !newest && before !== END ? (BigInt(before) + 1n).toString() : before;
    return history.queued(async () => {
      const items = await history.keptMessages(jid, from, to, limit, newest);
      return Promise.all(items.map((m) => history.foldItem(m)));
    });
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
function groupBy<T, K>(list: T[], key: (one: T) => K): Map<K, T[]> {
  const out = new Map<K, T[]>();
  for (const one of list) out.set(key(one), [...(out.get(key(one)) ?? []), one]);
  return out;
}
