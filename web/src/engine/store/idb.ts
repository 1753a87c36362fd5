// IndexedDB: a database per account, and one for who is signed in. Entries are padded in keys, so that their order is the log's.
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { MessageItem, ModItem } from '../../model/item';
import type { BareJid, EntryId, Profile } from '../../model/types';
import { randomId, randomUuid } from '../xmpp/bytes';
import { MemoryStore } from './memory';
import type { AccountStore, ConversationRecord, OutboxRecord, SavedSession, Store } from './store';

interface AccountSchema extends DBSchema {
  meta: { key: string; value: unknown };
  messages: { key: [string, string]; value: MessageItem; indexes: { id: [string, string] } };
  mods: { key: [string, string]; value: ModItem; indexes: { target: [string, string] } };
  outbox: { key: string; value: OutboxRecord };
  conversations: { key: string; value: ConversationRecord };
  profiles: { key: string; value: Profile };
}
interface SessionSchema extends DBSchema {
  meta: { key: string; value: unknown };
}

const pad = (entry: EntryId): string => entry.padStart(20, '0');
const LAST = '~'; // after every digit

class IdbAccount implements AccountStore {
  constructor(private readonly db: IDBPDatabase<AccountSchema>) {}

  async getMeta<T>(key: string): Promise<T | undefined> {
    return (await this.db.get('meta', key)) as T | undefined;
  }
  async setMeta(key: string, value: unknown): Promise<void> {
    await this.db.put('meta', value, key);
  }
  async putMessages(items: MessageItem[]): Promise<void> {
    const tx = this.db.transaction('messages', 'readwrite');
    await Promise.all([...items.map((m) => tx.store.put(m, [m.conversation, pad(m.entry)])), tx.done]);
  }
  async removeMessage(conversation: BareJid, entry: EntryId): Promise<void> {
    await this.db.delete('messages', [conversation, pad(entry)]);
  }
  async messagesById(conversation: BareJid, id: string): Promise<MessageItem[]> {
    return this.db.getAllFromIndex('messages', 'id', IDBKeyRange.only([conversation, id]));
  }
  async messages(conversation: BareJid, after: EntryId, before: EntryId, limit: number, newest: boolean): Promise<MessageItem[]> {
    const range = IDBKeyRange.bound([conversation, after && pad(after)], [conversation, before ? pad(before) : LAST], true, true);
    if (!newest) return this.db.getAll('messages', range, limit);
    const out: MessageItem[] = [];
    let cursor = await this.db.transaction('messages').store.openCursor(range, 'prev');
    for (; cursor && out.length < limit; cursor = await cursor.continue()) out.push(cursor.value);
    return out.reverse();
  }
  async conversationsWithMessages(): Promise<BareJid[]> {
    const out: BareJid[] = [];
    // From one conversation's last possible key to the next one's first: a step for each, however long they are.
    let cursor = await this.db.transaction('messages').store.openKeyCursor();
    for (; cursor; cursor = await cursor.continue([out.at(-1)!, LAST])) out.push(cursor.key[0]);
    return out;
  }
  async prune(conversation: BareJid, keep: number): Promise<EntryId | undefined> {
    const tx = this.db.transaction(['messages', 'mods'], 'readwrite');
    const messages = tx.objectStore('messages');
    const surplus = (await messages.count(IDBKeyRange.bound([conversation, ''], [conversation, LAST]))) - keep;
    if (surplus <= 0) return undefined;
    const keys = await messages.getAllKeys(IDBKeyRange.bound([conversation, ''], [conversation, LAST]), surplus + 1);
    const floor = keys.at(-1)!;
    const older = IDBKeyRange.bound([conversation, ''], floor, false, true);
    await Promise.all([messages.delete(older), tx.objectStore('mods').delete(older), tx.done]);
    return floor[1].replace(/^0+/, '');
  }
  async putMods(items: ModItem[]): Promise<void> {
    const tx = this.db.transaction('mods', 'readwrite');
    const key = (m: ModItem): [string, string] => [m.conversation, m.entry ? pad(m.entry) + (m.kind === 'alias' ? 'a' : '') : 'x' + randomId()];
    await Promise.all([...items.map((m) => tx.store.put(m, key(m))), tx.done]);
  }
  async modsOf(conversation: BareJid, wire: string): Promise<ModItem[]> {
    return this.db.getAllFromIndex('mods', 'target', IDBKeyRange.only([conversation, wire]));
  }
  async removeErrors(conversation: BareJid, wire: string): Promise<void> {
    const tx = this.db.transaction('mods', 'readwrite');
    let cursor = await tx.store.index('target').openCursor(IDBKeyRange.only([conversation, wire]));
    for (; cursor; cursor = await cursor.continue()) if (cursor.value.kind === 'error') await cursor.delete();
    await tx.done;
  }
  async putOutbox(record: OutboxRecord): Promise<void> {
    const tx = this.db.transaction('outbox', 'readwrite', { durability: 'strict' });
    await Promise.all([tx.store.put(record, record.id), tx.done]);
  }
  async removeOutbox(id: string): Promise<void> {
    await this.db.delete('outbox', id);
  }
  async outbox(): Promise<OutboxRecord[]> {
    return (await this.db.getAll('outbox')).sort((a, b) => a.seq - b.seq);
  }
  async putConversation(record: ConversationRecord): Promise<void> {
    await this.db.put('conversations', record, record.jid);
  }
  async conversations(): Promise<ConversationRecord[]> {
    return this.db.getAll('conversations');
  }
  async putProfile(profile: Profile): Promise<void> {
    await this.db.put('profiles', profile, profile.jid);
  }
  async profiles(): Promise<Profile[]> {
    return this.db.getAll('profiles');
  }
  close(): void {
    this.db.close();
  }
}

class IdbStore implements Store {
  constructor(private readonly db: IDBPDatabase<SessionSchema>) {}

  async session(): Promise<SavedSession | undefined> {
    return (await this.db.get('meta', 'session')) as SavedSession | undefined;
  }
  async saveSession(session: SavedSession | undefined): Promise<void> {
    if (session) await this.db.put('meta', session, 'session');
    else await this.db.delete('meta', 'session');
  }
  async agent(): Promise<string> {
    const known = (await this.db.get('meta', 'agent')) as string | undefined;
    if (known) return known;
    const made = randomUuid();
    await this.db.put('meta', made, 'agent');
    return made;
  }
  async account(jid: BareJid): Promise<AccountStore> {
    const db = await openDB<AccountSchema>(`rookery:${jid}`, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('meta');
        fresh.createObjectStore('messages').createIndex('id', ['conversation', 'id']);
        fresh.createObjectStore('mods').createIndex('target', ['conversation', 'target']);
        fresh.createObjectStore('outbox');
        fresh.createObjectStore('conversations');
        fresh.createObjectStore('profiles');
      },
    });
    return new IdbAccount(db);
  }
  async erase(jid: BareJid): Promise<void> {
    await deleteDB(`rookery:${jid}`);
  }
}

/** Memory where the browser keeps nothing (private windows of some, storage refused). */
export async function openStore(): Promise<Store> {
  try {
    const db = await openDB<SessionSchema>('rookery', 1, { upgrade: (fresh) => void fresh.createObjectStore('meta') });
    return new IdbStore(db);
  } catch {
    return new MemoryStore();
  }
}
