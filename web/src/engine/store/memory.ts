// Nothing outlives the engine: tests, and browsers that refuse to keep anything.
import { compareEntries, type MessageItem, type ModItem } from '../../model/item';
import type { BareJid, EntryId, Profile } from '../../model/types';
import { randomUuid } from '../xmpp/bytes';
import type { AccountStore, ConversationRecord, OutboxRecord, SavedSession, Store } from './store';

/** Where in the sorted list the condition begins to hold. */
function firstFrom(list: MessageItem[], holds: (entry: EntryId) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle]!.entry)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export class MemoryAccount implements AccountStore {
  private readonly meta = new Map<string, unknown>();
  private readonly byConversation = new Map<BareJid, MessageItem[]>();
  /** Ids that were ever put: most that are asked for never were. */
  private readonly ids = new Set<string>();
  private readonly mods = new Map<string, ModItem[]>();
  private readonly out = new Map<string, OutboxRecord>();
  private readonly records = new Map<BareJid, ConversationRecord>();
  private readonly cards = new Map<BareJid, Profile>();

  async getMeta<T>(key: string): Promise<T | undefined> {
    return this.meta.get(key) as T | undefined;
  }
  async setMeta(key: string, value: unknown): Promise<void> {
    this.meta.set(key, structuredClone(value));
  }
  private of(conversation: BareJid): MessageItem[] {
    let list = this.byConversation.get(conversation);
    if (!list) this.byConversation.set(conversation, (list = []));
    return list;
  }
  async putMessages(items: MessageItem[]): Promise<void> {
    for (const item of items) {
      this.ids.add(`${item.conversation}\n${item.id}`);
      const list = this.of(item.conversation);
      let at = list.length;
      while (at > 0 && compareEntries(list[at - 1]!.entry, item.entry) > 0) --at;
      if (at > 0 && list[at - 1]!.entry === item.entry) list[at - 1] = item;
      else list.splice(at, 0, item);
    }
  }
  async removeMessage(conversation: BareJid, entry: EntryId): Promise<void> {
    const list = this.of(conversation);
    const at = list.findIndex((m) => m.entry === entry);
    if (at >= 0) list.splice(at, 1);
  }
  async messagesById(conversation: BareJid, id: string): Promise<MessageItem[]> {
    const found: MessageItem[] = [];
    if (this.ids.has(`${conversation}\n${id}`)) for (const m of this.of(conversation)) if (m.id === id) found.push(m);
    return found;
  }
  async messages(conversation: BareJid, after: EntryId, before: EntryId, limit: number, newest: boolean): Promise<MessageItem[]> {
    const list = this.of(conversation);
    const from = after ? firstFrom(list, (e) => compareEntries(e, after) > 0) : 0;
    const to = before ? firstFrom(list, (e) => compareEntries(e, before) >= 0) : list.length;
    return newest ? list.slice(Math.max(from, to - limit), to) : list.slice(from, Math.min(to, from + limit));
  }
  async conversationsWithMessages(): Promise<BareJid[]> {
    return [...this.byConversation].filter(([, list]) => list.length > 0).map(([jid]) => jid);
  }
  async prune(conversation: BareJid, keep: number): Promise<EntryId | undefined> {
    const list = this.of(conversation);
    if (list.length <= keep) return undefined;
    list.splice(0, list.length - keep);
    const floor = list[0]!.entry;
    for (const [key, mods] of this.mods) {
      if (!key.startsWith(conversation + '\n')) continue;
      this.mods.set(key, mods.filter((m) => m.entry === '' || compareEntries(m.entry, floor) >= 0));
    }
    return floor;
  }
  async putMods(items: ModItem[]): Promise<void> {
    for (const item of items) {
      const key = `${item.conversation}\n${item.target}`;
      const list = (this.mods.get(key) ?? []).filter((m) => !(m.entry !== '' && m.entry === item.entry));
      this.mods.set(key, [...list, item]);
    }
  }
  async modsOf(conversation: BareJid, wire: string): Promise<ModItem[]> {
    return this.mods.get(`${conversation}\n${wire}`) ?? [];
  }
  async removeErrors(conversation: BareJid, wire: string): Promise<void> {
    const key = `${conversation}\n${wire}`;
    this.mods.set(key, (this.mods.get(key) ?? []).filter((m) => m.kind !== 'error'));
  }
  async putOutbox(record: OutboxRecord): Promise<void> {
    this.out.set(record.id, structuredClone(record));
  }
  async removeOutbox(id: string): Promise<void> {
    this.out.delete(id);
  }
  async outbox(): Promise<OutboxRecord[]> {
    return [...this.out.values()].sort((a, b) => a.seq - b.seq);
  }
  async putConversation(record: ConversationRecord): Promise<void> {
    this.records.set(record.jid, structuredClone(record));
  }
  async conversations(): Promise<ConversationRecord[]> {
    return structuredClone([...this.records.values()]);
  }
  async putProfile(profile: Profile): Promise<void> {
    this.cards.set(profile.jid, profile);
  }
  async profiles(): Promise<Profile[]> {
    return [...this.cards.values()];
  }
  close(): void {}
}

export class MemoryStore implements Store {
  private saved: SavedSession | undefined;
  private readonly id = randomUuid();
  private readonly accounts = new Map<BareJid, MemoryAccount>();

  async session(): Promise<SavedSession | undefined> {
    return this.saved;
  }
  async saveSession(session: SavedSession | undefined): Promise<void> {
    this.saved = session;
  }
  async agent(): Promise<string> {
    return this.id;
  }
  async account(jid: BareJid): Promise<AccountStore> {
    let account = this.accounts.get(jid);
    if (!account) this.accounts.set(jid, (account = new MemoryAccount()));
    return account;
  }
  async erase(jid: BareJid): Promise<void> {
    this.accounts.delete(jid);
  }
}
