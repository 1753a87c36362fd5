// The conversations of an account: takes in items of the log in whatever order they come, keeps them, and tells the pages
// what changed. One thing at a time: everything that touches the store goes through one queue.
//
// Invariants: a message is announced only after it is kept. What lies in `tail` (from tailFrom on) and in a conversation's
// ranges is whole; whatever else is in the cache is never shown as if it were.
import { aliasOf, compareEntries, isMessage, laterEntry, messageId, type Item, type MessageItem, type ModItem } from '../../model/item';
import type { BareJid, EntryId, Message } from '../../model/types';
import type { ConversationSummary, Event } from '../contract';
import type { AccountStore, ConversationRecord } from '../store/store';
import { Folding } from './folding';
import type { Outbox } from './outbox';
import { above, addRange, END, type Range } from './ranges';

/** Unread messages are counted so far and no further: screens say "99+". */
export const UNREAD_MAX = 100;
/** Messages of a conversation kept in the browser from one visit to the next. */
const KEPT_MAX = 5_000;
const SAME_MESSAGE_MS = 24 * 3_600_000;

interface Conversation {
  record: ConversationRecord;
  /** Entries of unread messages, oldest first, at most UNREAD_MAX. */
  unread: EntryId[];
  last?: Message;
}

export interface HistoryHost {
  own: BareJid;
  store: AccountStore;
  outbox: Outbox;
  emit(event: Event): void;
  pinned(jid: BareJid): boolean;
  muted(jid: BareJid): boolean;
}

export class History {
  readonly conversations = new Map<BareJid, Conversation>();
  tailFrom: EntryId = '';
  tailTo: EntryId = '';
  /** The newest entry ever seen, whole tail or not. */
  newest: EntryId = '';
  /** How often the tail has begun anew: a stretch found before is then perhaps not whole any more. */
  tails = 0;
  private chain: Promise<unknown> = Promise.resolve();
  private readonly folding: Folding;

  constructor(private readonly host: HistoryHost) {
    this.folding = new Folding(host.store, host.outbox);
  }

  /** Runs after all that was begun before. */
  queued<T>(work: () => Promise<T>): Promise<T> {
    const result = this.chain.then(work);
    this.chain = result.catch(() => {});
    return result;
  }

  async load(): Promise<void> {
    const { store } = this.host;
    [this.tailFrom, this.tailTo] = (await store.getMeta<[EntryId, EntryId]>('tail')) ?? ['', ''];
    this.newest = this.tailTo;
    for (const record of await store.conversations()) this.conversations.set(record.jid, { record, unread: [] });
    // A message is kept before its conversation's record: between the two the browser may have stopped. It will not be taken in
    // again, since it is known.
    for (const jid of await store.conversationsWithMessages()) {
      if (!this.conversations.has(jid)) await store.putConversation(this.conversation(jid).record);
    }
    for (const conversation of this.conversations.values()) {
      const { record } = conversation;
      record.toldUpTo ??= record.readUpTo;
      await this.prune(record);
      await this.recount(conversation);
      await this.refreshLast(conversation);
    }
  }

  async setTail(from: EntryId, to: EntryId): Promise<void> {
    if (compareEntries(from, this.tailFrom) > 0 || from === '') ++this.tails;
    this.tailFrom = from;
    this.tailTo = to;
    this.newest = laterEntry(this.newest, to);
    await this.host.store.setMeta('tail', [from, to]);
  }

  /** The archive has another past than what is known of it: it was put back from a backup, or erased and begun again. Which stretches
      are whole is to be learned anew; messages that are kept stay. */
  async forgetPlaces(): Promise<void> {
    this.newest = '';
    await this.setTail('', '');
    for (const { record } of this.conversations.values()) {
      record.ranges = [];
      record.behind = undefined;
      await this.host.store.putConversation(record);
    }
  }

  conversation(jid: BareJid): Conversation {
    let found = this.conversations.get(jid);
    if (!found) {
      found = { record: { jid, ranges: [], readUpTo: '', peerRead: '', draft: '' }, unread: [] };
      this.conversations.set(jid, found);
    }
    return found;
  }

  /** All that is known to be whole, the tail included. */
  ranges(jid: BareJid): Range[] {
    const { ranges } = this.conversation(jid).record;
    return this.tailFrom ? addRange(ranges, [this.tailStart(jid), END]) : ranges;
  }
  /** Where the tail begins in this conversation's cache. */
  tailStart(jid: BareJid): EntryId {
    return laterEntry(this.tailFrom, this.conversation(jid).record.floor ?? '');
  }
  private async prune(record: ConversationRecord): Promise<void> {
    const floor = await this.host.store.prune(record.jid, KEPT_MAX);
    if (!floor) return;
    record.floor = floor;
    record.ranges = above(record.ranges, floor);
    await this.host.store.putConversation(record);
  }
  async addRange(jid: BareJid, range: Range): Promise<void> {
    const { record } = this.conversation(jid);
    record.ranges = addRange(record.ranges, range);
    await this.host.store.putConversation(record);
  }

  /** A gap begins: the tail so far, up to `since`, becomes a range. One that is behind already stays so from where it was. */
  async leaveBehind(jid: BareJid, since: EntryId): Promise<void> {
    const { record } = this.conversation(jid);
    if (this.tailFrom) record.ranges = addRange(record.ranges, [this.tailStart(jid), since]);
    record.behind ??= since;
    await this.host.store.putConversation(record);
  }
  async caughtUp(jid: BareJid): Promise<void> {
    const { record } = this.conversation(jid);
    record.behind = undefined;
    await this.host.store.putConversation(record);
  }

  summary(jid: BareJid): ConversationSummary {
    const { record, unread, last } = this.conversation(jid);
    return {
      jid, last, unread: unread.length, readUpTo: record.readUpTo || undefined, toldUpTo: record.toldUpTo || undefined,
      pinned: this.host.pinned(jid), muted: this.host.muted(jid), draft: record.draft,
    };
  }
  /** Those that have something to show. */
  summaries(): ConversationSummary[] {
    const shown = (c: Conversation): boolean => Boolean((c.last && !hidden(c)) || c.record.draft || this.host.pinned(c.record.jid));
    return [...this.conversations.values()].filter(shown).map((c) => this.summary(c.record.jid));
  }
  announce(jid: BareJid): void {
    this.host.emit({ type: 'conversation', conversation: this.summary(jid) });
  }

  /** `live`: has just come in. `quiet`: a page somebody asked for, who gets it whole: only what it changes elsewhere is announced. */
  ingest(items: Item[], how: { live?: boolean; quiet?: boolean } = {}): Promise<void> {
    return this.queued(() => this.take(items, how));
  }

  private async take(items: Item[], how: { live?: boolean; quiet?: boolean }): Promise<void> {
    const { store } = this.host;
    const changed = new Map<BareJid, Set<string>>();
    const touch = (jid: BareJid, id?: string): void => {
      const ids = changed.get(jid) ?? new Set();
      if (id !== undefined) ids.add(id);
      changed.set(jid, ids);
    };
    const fresh: MessageItem[] = [];
    for (const item of items) if (item.entry) this.newest = laterEntry(this.newest, item.entry);
    for (const item of items.filter(isMessage)) {
      const kept = await this.keep(item);
      if (item.mine && item.wire) this.host.outbox.placed(item.wire, item.entry);
      if (!kept) continue;
      fresh.push(kept);
      touch(item.conversation, how.quiet ? undefined : kept.id);
    }
    const mods = items.filter((i): i is ModItem => !isMessage(i));
    for (const mod of mods) {
      const shown = await this.standIn(mod);
      if (!shown) continue;
      fresh.push(shown);
      touch(mod.conversation, how.quiet ? undefined : shown.id);
    }
    await store.putMods([...mods.filter((m) => m.target !== ''), ...items.map(aliasOf).filter((a) => a !== null)]);
    for (const mod of mods) {
      if (mod.mine && mod.wire) this.host.outbox.placed(mod.wire, mod.entry);
      if (mod.kind === 'displayed' && mod.mine) touch(mod.conversation);
      for (const name of new Set([mod.target, await this.folding.original(mod.conversation, mod.target)])) {
        const here = how.quiet && fresh.some((m) => m.wire === name);
        for (const id of name && !here ? [name, '~' + name] : []) touch(mod.conversation, id);
      }
    }
    await this.movePositions(fresh, mods);
    for (const jid of changed.keys()) await this.changed(jid, fresh, [...changed.get(jid)!], how.live ?? false);
  }

  /** Null where it is known already. Two messages with one id are one where they say the same at about the same time
      (a repeat); else each keeps its own place, and the later one found is named by its entry. */
  private async keep(item: MessageItem): Promise<MessageItem | null> {
    const { store } = this.host;
    if (!item.entry) return item; // not archived: shown, not kept
    const found = await store.messagesById(item.conversation, item.id);
    for (const { entry } of found.filter((k) => k.standsIn)) await this.forget(item.conversation, item.id, entry);
    const known = found.filter((k) => !k.standsIn);
    const same = known.find((k) => k.entry === item.entry || (k.text === item.text && Math.abs(k.at - item.at) < SAME_MESSAGE_MS));
    if (same && compareEntries(same.entry, item.entry) <= 0) return null;
    if (same) await store.removeMessage(item.conversation, same.entry);
    const named = !same && known.length ? { ...item, id: messageId({ ...item, wire: '' }) } : item;
    await store.putMessages([named]);
    return named;
  }

  /** A correction of what is not there (never archived, or further back than was fetched) is shown as a message, under the name
      of what it corrects; null for any other. */
  private async standIn(mod: ModItem): Promise<MessageItem | null> {
    if (mod.kind !== 'edit' || !mod.entry) return null;
    const { conversation, entry, at, from, mine, text = '', quote, unstyled } = mod;
    const wire = await this.folding.original(conversation, mod.target);
    const id = messageId({ mine, wire, entry });
    if (await this.itemOf(conversation, id)) return null;
    const item: MessageItem = { kind: 'message', conversation, entry, at, from, mine, wire, id, text, quote, unstyled, standsIn: true };
    await this.host.store.putMessages([item]);
    return item;
  }
  /** What it stood for has come. */
  private async forget(jid: BareJid, id: string, entry: EntryId): Promise<void> {
    await this.host.store.removeMessage(jid, entry);
    const conversation = this.conversation(jid);
    conversation.unread = conversation.unread.filter((e) => e !== entry);
    this.host.emit({ type: 'message-gone', conversation: jid, id });
  }

  private async movePositions(fresh: MessageItem[], mods: ModItem[]): Promise<void> {
    for (const mod of mods) {
      if (mod.kind !== 'displayed') continue;
      const { record } = this.conversation(mod.conversation);
      const target = mod.through ?? (await this.entryOfTarget(mod));
      if (!target) {
        if (mod.mine) record.readTarget = mod.target;
      } else if (mod.mine) {
        this.told(mod.conversation, target);
        await this.readTo(mod.conversation, target);
      } else this.readByPeer(record, target);
    }
    for (const message of fresh) {
      const { record } = this.conversation(message.conversation);
      if (message.mine) {
        // Who writes has read what came before.
        if (message.entry) await this.readTo(message.conversation, message.entry);
        const marks = await this.folding.modsOf(message);
        if (marks.some((m) => m.kind === 'displayed' && !m.mine)) this.readByPeer(record, message.entry);
      } else if (record.readTarget && message.wire === (await this.folding.original(record.jid, record.readTarget))) {
        this.told(message.conversation, message.entry);
        await this.readTo(message.conversation, message.entry);
      }
    }
  }
  private async entryOfTarget(mod: ModItem): Promise<EntryId> {
    for (const name of [mod.target, await this.folding.original(mod.conversation, mod.target)]) {
      const found = await this.host.store.messagesById(mod.conversation, mod.mine ? '~' + name : name);
      if (found.length) return found.at(-1)!.entry;
    }
    return '';
  }
  private readByPeer(record: ConversationRecord, through: EntryId): void {
    if (compareEntries(through, record.peerRead) <= 0) return;
    record.peerRead = through;
    this.host.emit({ type: 'read-by-peer', conversation: record.jid, through });
  }

  /** Moves the own read position forward, never back. True where it moved. */
  async readTo(jid: BareJid, through: EntryId): Promise<boolean> {
    const conversation = this.conversation(jid);
    if (compareEntries(through, conversation.record.readUpTo) <= 0) return false;
    conversation.record.readUpTo = through;
    conversation.record.readTarget = undefined;
    if (conversation.unread.length >= UNREAD_MAX) await this.recount(conversation);
    else conversation.unread = conversation.unread.filter((e) => compareEntries(e, through) > 0);
    return true;
  }

  /** The other one knows, or is not to know, that one has read so far. True where that is news. */
  told(jid: BareJid, through: EntryId): boolean {
    const { record } = this.conversation(jid);
    if (record.owed && compareEntries(through, record.owed.through) >= 0) record.owed = undefined;
    if (compareEntries(through, record.toldUpTo ?? '') <= 0) return false;
    record.toldUpTo = through;
    return true;
  }

  /** The newest of all read positions. */
  lastRead(): EntryId {
    return [...this.conversations.values()].reduce((last, { record }) => laterEntry(last, record.readUpTo), '');
  }
  private async recount(conversation: Conversation): Promise<void> {
    const { record } = conversation;
    const later = await this.host.store.messages(record.jid, record.readUpTo, '', UNREAD_MAX, true);
    const own = later.findLastIndex((m) => m.mine); // who writes has read what came before
    if (own >= 0) record.readUpTo = later[own]!.entry;
    conversation.unread = later.slice(own + 1).map((m) => m.entry);
  }

  private async changed(jid: BareJid, fresh: MessageItem[], ids: string[], live: boolean): Promise<void> {
    const conversation = this.conversation(jid);
    for (const message of fresh) {
      if (message.conversation !== jid || message.mine || !message.entry) continue;
      if (compareEntries(message.entry, conversation.record.readUpTo) <= 0 || conversation.unread.includes(message.entry)) continue;
      conversation.unread = [...conversation.unread, message.entry].sort(compareEntries).slice(-UNREAD_MAX);
    }
    const loose = new Map(fresh.filter((m) => m.conversation === jid && !m.entry).map((m) => [m.id, m]));
    for (const id of ids) {
      const item = loose.get(id) ?? (await this.itemOf(jid, id));
      if (item) this.host.emit({ type: 'message', message: await this.foldItem(item), live: live && fresh.some((m) => m.id === id) });
    }
    await this.refreshLast(conversation);
    await this.host.store.putConversation(conversation.record);
    this.announce(jid);
  }

  /** As kept here, or on its way. */
  async itemOf(jid: BareJid, id: string): Promise<MessageItem | undefined> {
    const kept = await this.host.store.messagesById(jid, id);
    const record = this.host.outbox.message(id);
    return kept[0] ?? (record?.conversation === jid ? record : undefined);
  }

  private async refreshLast(conversation: Conversation): Promise<void> {
    const { jid } = conversation.record;
    const pending = this.host.outbox.messagesOf(jid).at(-1);
    const item = pending ?? (await this.host.store.messages(jid, '', '', 1, true))[0];
    conversation.last = item && (await this.foldItem(item));
  }

  foldItem(item: MessageItem): Promise<Message> {
    return this.folding.message(item, this.conversation(item.conversation).record.peerRead);
  }

  /** One message anew: its way changed. */
  refresh(jid: BareJid, id: string): Promise<void> {
    return this.queued(() => this.changed(jid, [], [id], false));
  }

  keptMessages(jid: BareJid, after: EntryId, before: EntryId, limit: number, newest: boolean): Promise<MessageItem[]> {
    return this.host.store.messages(jid, after, before, limit, newest);
  }

  async draft(jid: BareJid, text: string): Promise<void> {
    const { record } = this.conversation(jid);
    record.draft = text;
    await this.host.store.putConversation(record);
    this.announce(jid);
  }
  async hide(jid: BareJid): Promise<void> {
    const conversation = this.conversation(jid);
    conversation.record.hiddenTo = conversation.last?.entry ?? this.newest;
    conversation.record.draft = '';
    await this.host.store.putConversation(conversation.record);
    this.host.emit({ type: 'conversation-gone', jid });
  }
}

function hidden({ record, last }: Conversation): boolean {
  return record.hiddenTo !== undefined && compareEntries(last?.entry ?? END, record.hiddenTo) <= 0;
}
