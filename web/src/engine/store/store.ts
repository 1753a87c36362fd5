// What is kept in the browser between visits. Two implementations, one set of tests: IndexedDB and memory.
// All of it is a cache of what the server has, except the outbox, drafts and the token.
import type { MessageItem, ModItem } from '../../model/item';
import type { BareJid, EntryId, Profile, Time } from '../../model/types';
import type { Command } from '../contract';

type WithoutOp<T> = T extends unknown ? Omit<T, 'op'> : never;
/** What goes into the outbox. */
export type SendCommand = WithoutOp<Extract<Command, { do: 'send' | 'edit' | 'withdraw' | 'react' | 'nudge' }>>;

export interface OutboxRecord {
  id: string;
  /** Order of writing. */
  seq: number;
  command: SendCommand;
  /** The newest entry known when it was written: a copy in the archive can only be later. */
  after: EntryId;
  at: Time;
  /** The server has acknowledged it: it is never sent again. */
  acked?: boolean;
  failed?: string;
}

export interface ConversationRecord {
  jid: BareJid;
  /** Stretches of entries, from and to inclusive, of which everything is in the cache; from '0' is the very beginning. */
  ranges: [EntryId, EntryId][];
  /** More came than was fetched at once: its newest messages are still to be looked for, back to this entry. */
  behind?: EntryId;
  readUpTo: EntryId;
  peerRead: EntryId;
  /** Own markers whose message is not in the cache yet. */
  readTarget?: string;
  /** Up to here the other one has been told of what was read, or is not to be. Not `readUpTo`: who writes has read what came before,
      and has told nobody so. */
  toldUpTo?: EntryId;
  /** A marker said last and not seen in the archive yet: what is lost with a session is said again in the next one. */
  owed?: { wire: string; through: EntryId };
  draft: string;
  /** Older entries were let go from the cache. */
  floor?: EntryId;
  /** Forgotten by the user up to here: shown again when something new comes. */
  hiddenTo?: EntryId;
}

export interface AccountStore {
  getMeta<T>(key: string): Promise<T | undefined>;
  setMeta(key: string, value: unknown): Promise<void>;
  putMessages(items: MessageItem[]): Promise<void>;
  removeMessage(conversation: BareJid, entry: EntryId): Promise<void>;
  /** With this Message.id, oldest first. */
  messagesById(conversation: BareJid, id: string): Promise<MessageItem[]>;
  /** Strictly between the two ('' is no bound); `newest`: the newest of them, still given oldest first. */
  messages(conversation: BareJid, after: EntryId, before: EntryId, limit: number, newest: boolean): Promise<MessageItem[]>;
  /** Those of which messages are kept. */
  conversationsWithMessages(): Promise<BareJid[]>;
  /** Keeps the newest messages and what is said of them; the oldest entry that stays where something went. */
  prune(conversation: BareJid, keep: number): Promise<EntryId | undefined>;
  putMods(items: ModItem[]): Promise<void>;
  modsOf(conversation: BareJid, wire: string): Promise<ModItem[]>;
  removeErrors(conversation: BareJid, wire: string): Promise<void>;
  putOutbox(record: OutboxRecord): Promise<void>;
  removeOutbox(id: string): Promise<void>;
  outbox(): Promise<OutboxRecord[]>;
  putConversation(record: ConversationRecord): Promise<void>;
  conversations(): Promise<ConversationRecord[]>;
  putProfile(profile: Profile): Promise<void>;
  profiles(): Promise<Profile[]>;
  close(): void;
}

export interface SavedSession {
  jid: BareJid;
  token: string;
  agent: string;
}

export interface Store {
  /** Of the one account that is signed in here. */
  session(): Promise<SavedSession | undefined>;
  saveSession(session: SavedSession | undefined): Promise<void>;
  /** The id of this browser, made once (XEP-0388 user-agent). */
  agent(): Promise<string>;
  account(jid: BareJid): Promise<AccountStore>;
  /** Everything kept of the account. */
  erase(jid: BareJid): Promise<void>;
}
