// What the screens see: plain, immutable data. The engine fills it through events (../engine/contract.ts),
// the reducers of this folder put it together, the components of ../ui only read it.

/** A bare address, prepared as the server gives it: name@domain. */
export type BareJid = string;
/** Id of an entry in the account's own log (XEP-0359 stanza-id by the account): decimal digits, time-ordered. */
export type EntryId = string;
/** Milliseconds since the epoch. */
export type Time = number;

export type Show = 'online' | 'chat' | 'away' | 'xa' | 'dnd' | 'offline';
/** What the user chose for himself. 'invisible': nobody is told that he is there (XEP-0186, or unavailable where the server does not know it). */
export type OwnShow = 'online' | 'away' | 'busy' | 'dnd' | 'invisible';

export type Line =
  | { state: 'signed-out'; reason?: SignOutReason }
  | { state: 'connecting'; since: Time; attempt: number }
  | { state: 'online' }
  | { state: 'waiting'; retryAt: Time; why: LineTrouble };
export type LineTrouble = 'no-network' | 'unreachable' | 'server-stopping' | 'timeout' | 'server-error' | 'throttled';
export type SignOutReason =
  | 'by-user' | 'bad-credentials' | 'token-expired' | 'account-disabled' | 'account-deleted' | 'signed-out-elsewhere' | 'opened-elsewhere';

export interface Profile {
  jid: BareJid;
  /** XEP-0172 / vCard FN or NICKNAME. Empty: the local part of the address is shown. */
  nickname: string;
  /** vCard DESC or the status text of presence: QQ's signature. */
  signature: string;
  /** data: URL of a checked raster image, or '' (initials on a colour are drawn then). */
  avatar: string;
  /** SHA-1 of the avatar (XEP-0153), '' for none. */
  avatarHash: string;
  email?: string; phone?: string; birthday?: string; region?: string; homepage?: string; organisation?: string;
}

/** RFC 6121 subscription, seen from the account. */
export type Subscription = 'none' | 'to' | 'from' | 'both';

export interface Contact {
  jid: BareJid;
  /** The user's own name for the contact (roster item name), '' for none. */
  remark: string;
  groups: string[];
  subscription: Subscription;
  /** We asked and got no answer yet. */
  asked: boolean;
  profile: Profile;
  show: Show;
  /** Status text of the best device. */
  status: string;
  /** Since when offline, where known. */
  lastSeen?: Time;
  blocked: boolean;
}

export interface ContactRequest { jid: BareJid; greeting: string; nickname: string; at: Time }

/** How far an own message has come. WEB.md: waiting, on the server, on their device, read; failed with retry. */
export type Delivery = 'waiting' | 'sent' | 'delivered' | 'read' | 'failed';

export interface SharedFile {
  url: string; name: string; bytes?: number; mediaType?: string; width?: number; height?: number;
  /** Only https, or http of this very origin: anything else is shown as text. */
  description?: string;
  /** The sender wants it offered, not shown in its place (XEP-0447 §3.2). */
  attachment?: boolean;
}

export interface Quote {
  /** Message id (origin-id or stanza id attribute) of the message replied to. */
  id: string; author: BareJid; text: string;
  /** That message's origin-id, where it is another than its id: what an answer has to name (XEP-0461). */
  origin?: string;
}

export interface Message {
  /** Unique in the conversation and stable over delivery, archive and reload: the `id` attribute or origin-id the sender gave, else 'e' + entry. */
  id: string;
  /** Entry in the account's log; undefined until the server kept it. The order of messages is the order of entries; those without come last, by time. */
  entry?: EntryId;
  conversation: BareJid;
  from: BareJid;
  mine: boolean;
  at: Time;
  /** Text as it is to be shown (fallbacks of XEP-0428 cut off), '' when there is only a file or it was withdrawn. */
  text: string;
  /** /me actions are kept in `text` as written. */
  kind: 'text' | 'nudge' | 'system';
  delivery: Delivery; // 'sent' for those of others
  failure?: string; // condition word of the error, where delivery is 'failed'
  edited?: Time;
  /** A change of it (edit, withdrawal, reaction) waits for the line. */
  pending?: boolean;
  withdrawn?: Time;
  quote?: Quote;
  file?: SharedFile;
  /** Where several came in one message: those after the first. */
  moreFiles?: SharedFile[];
  /** emoji → bare addresses of those who reacted with it. */
  reactions: Record<string, BareJid[]>;
  /** The marks in it are no styling (XEP-0393). */
  unstyled?: boolean;
  /** An own encrypted or otherwise unreadable message of another client, with what the client said about it (XEP-0380). */
  unreadable?: string;
}

/** A stretch of a conversation that is known to be whole, and what lies at its ends. */
export interface HistoryWindow {
  conversation: BareJid;
  messages: Message[]; // oldest first
  /** Nothing older exists. */
  atStart: boolean;
  /** Nothing newer exists: live messages are appended. */
  atEnd: boolean;
  loading: 'older' | 'newer' | 'around' | null;
  /** A gap is never silent: while set, the screen shows it with a retry. */
  trouble?: string;
}

export interface Conversation {
  jid: BareJid;
  /** The line under the name. */
  last?: { text: string; at: Time; mine: boolean; kind: Message['kind']; delivery: Delivery; withdrawn: boolean; file: boolean };
  unread: number;
  /** The first message of others after what has been read: where the "new messages" mark goes. */
  readUpTo?: EntryId;
  /** Up to here the other one has been told that it was read, or is not to be told. */
  toldUpTo?: EntryId;
  pinned: boolean;
  muted: boolean;
  draft: string;
  /** The contact is composing (XEP-0085). */
  typing: boolean;
}

export interface Device {
  id: string; name: string; software: string; firstUsed?: Time; lastUsed: Time; current: boolean; online: boolean;
}

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'zh-CN' | 'en';

export interface Settings {
  theme: Theme;
  language: Language;
  enterSends: boolean; // false: Ctrl+Enter sends
  sounds: boolean;
  notifications: boolean;
  notificationPreview: boolean;
  sendReceipts: boolean; // XEP-0184
  sendRead: boolean;     // XEP-0333
  sendTyping: boolean;   // XEP-0085
  nudges: boolean;       // XEP-0224: taken, and said to be taken
  bubbles: boolean;      // false: lines
}

/** Everything one account's screens are drawn from. */
export interface AppState {
  line: Line;
  self: Profile & { show: OwnShow; status: string } | null;
  contacts: Record<BareJid, Contact>;
  requests: ContactRequest[];
  /** Names and pictures of others than contacts. */
  people: Record<BareJid, Profile>;
  conversations: Record<BareJid, Conversation>;
  /** Windows that this page has open. */
  windows: Record<BareJid, HistoryWindow>;
  devices: Device[] | null;
  blocked: BareJid[];
  settings: Settings;
  /** What the server offers, which decides what the screens offer. */
  server: { domain: string; registration: boolean; devices: boolean; upload: boolean; search: boolean };
}
