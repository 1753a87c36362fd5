// All that passes between the engine and the screens: two closed unions of plain data, so that they can cross a
// MessagePort. Commands go down, events come up. A command with an `op` is answered by exactly one `done` or `failed`
// event with that `op`; the page makes the number up. Nothing else is promised about order but this: events of one
// conversation come in the order of its log.
import type {
  BareJid, Contact, ContactRequest, Device, EntryId, Language, Line, Message, OwnShow, Profile, Quote, Settings, SharedFile, Time,
} from '../model/types';

/** At most one nudge to one person in this time, by the `at` of the commands: the page asks first, the engine insists. */
export const NUDGE_EVERY_MS = 10_000;

export type Command = { op: number } & (
  | { do: 'sign-in'; address: string; password: string; language: Language; unanswered?: Unanswered[] }
  /** `invitation`: a token, by which an account can be made where registration is closed. Gives whether it was used. */
  | { do: 'sign-up'; address: string; password: string; language: Language; invitation?: string }
  /** A link with which somebody becomes a contact: MadeInvitation, or null where the server makes none. */
  | { do: 'invite' }
  /** With what is kept of the last time (token); fails with 'no-session' where there is nothing. */
  | { do: 'continue'; unanswered?: Unanswered[] }
  | { do: 'sign-out' }
  /** How much of what was written is not on the server, a number: it is lost when one signs out. */
  | { do: 'unsent' }
  | { do: 'reconnect-now' }
  | { do: 'set-presence'; show: OwnShow; status: string }
  | { do: 'set-profile'; profile: Partial<Profile> }
  | { do: 'get-profile'; jid: BareJid }
  /** `token`: by which the other one grants it without being asked (XEP-0379). */
  | { do: 'add-contact'; jid: BareJid; greeting: string; remark: string; groups: string[]; token?: string }
  | { do: 'change-contact'; jid: BareJid; remark?: string; groups?: string[] }
  | { do: 'remove-contact'; jid: BareJid }
  | { do: 'answer-request'; jid: BareJid; accept: boolean }
  | { do: 'block' | 'unblock'; jid: BareJid }
  /** `id` is made by the page: the message is on the screen, and in the outbox, before the engine has heard of it. */
  | { do: 'send'; id: string; to: BareJid; text: string; quote?: Quote; file?: SharedFile; at: Time }
  /** `quote` is put in by the engine: a correction says again whom it answers. */
  | { do: 'edit'; id: string; to: BareJid; original: string; text: string; quote?: Quote; at: Time }
  /** `words`: what an app shows that knows no withdrawal, in the user's language. */
  | { do: 'withdraw'; id: string; to: BareJid; original: string; words?: string; at: Time }
  | { do: 'react'; id: string; to: BareJid; original: string; emojis: string[]; at: Time }
  | { do: 'nudge'; id: string; to: BareJid; at: Time }
  | { do: 'retry'; id: string; to: BareJid }
  | { do: 'discard'; id: string; to: BareJid }
  | { do: 'typing'; to: BareJid; state: 'composing' | 'paused' | 'active' | 'gone' }
  | { do: 'read'; conversation: BareJid; through: EntryId; id: string }
  | { do: 'draft'; conversation: BareJid; text: string }
  | { do: 'pin' | 'mute'; conversation: BareJid; on: boolean }
  | { do: 'forget-conversation'; conversation: BareJid }
  /** Fills a window: the newest page, the page before or after an entry, or around a time. Answered by 'page'. */
  | { do: 'page'; conversation: BareJid; at: PagePlace; limit: number }
  | { do: 'search'; conversation: BareJid | null; words: string; before?: EntryId }
  | { do: 'devices' }
  | { do: 'sign-out-device'; id: string }
  | { do: 'change-password'; old: string; password: string }
  /** Everything the server keeps of the account, as one JSON document and one HTML page, in parts: 'export-part' events. */
  | { do: 'export' }
  | { do: 'delete-account'; password: string }
  /** Of these the engine keeps those that follow the user, and tells the other pages and devices. */
  | { do: 'settings'; patch: Partial<Settings> }
  /** What the page shows, and whether anybody can be looking at it (pages.ts, XEP-0352). */
  | { do: 'focus'; visible: boolean; focused: boolean; conversation: BareJid | null }
);

/** Commands with words in them that must not be lost. */
export const WRITING: readonly string[] = ['send', 'edit', 'withdraw', 'react'] satisfies Unanswered['command']['do'][];

/** What an earlier page wrote, and was closed before it heard that it is kept. Of the account that signs in it is sent, unless it was. */
export interface Unanswered {
  own: BareJid;
  command: Extract<Command, { do: 'send' | 'edit' | 'withdraw' | 'react' }>;
}

export type PagePlace = { newest: true } | { before: EntryId } | { after: EntryId } | { around: Time };

export type Failure =
  | 'bad-credentials' | 'account-disabled' | 'name-taken' | 'name-refused' | 'password-refused' | 'registration-closed' | 'invitation-over' | 'too-many'
  | 'no-session' | 'unreachable' | 'offline' | 'not-found' | 'gone' | 'not-allowed' | 'not-offered' | 'not-supported' | 'timeout' | 'server-error' | 'bad-address';

export type Event =
  | { type: 'done'; op: number; result?: unknown }
  | { type: 'failed'; op: number; why: Failure; text?: string }
  | { type: 'line'; line: Line }
  /** After sign-in and for a page that joins late: the state replaces whatever the page had. */
  | { type: 'snapshot'; self: Profile & { show: OwnShow; status: string }; contacts: Contact[]; requests: ContactRequest[];
      /** Of those who are no contacts and have written or asked: what is known of them. */
      people: Profile[]; conversations: ConversationSummary[]; blocked: BareJid[]; line: Line; settings: Partial<Settings>;
      server: { domain: string; registration: boolean; devices: boolean; upload: boolean; search: boolean } }
  | { type: 'self'; self: Profile & { show: OwnShow; status: string } }
  | { type: 'contact'; contact: Contact }
  | { type: 'contact-removed'; jid: BareJid }
  | { type: 'request'; request: ContactRequest }
  | { type: 'request-gone'; jid: BareJid }
  | { type: 'profile'; profile: Profile }
  | { type: 'blocked'; jids: BareJid[] }
  /** A message that is new, or known and changed (delivery, edit, reaction): replaces by id. `live`: it has just come in. */
  | { type: 'message'; message: Message; live: boolean }
  /** It was never sent, and the user has discarded it. */
  | { type: 'message-gone'; conversation: BareJid; id: string }
  | { type: 'conversation'; conversation: ConversationSummary }
  /** It is shown no more, until something new comes. */
  | { type: 'conversation-gone'; jid: BareJid }
  /** All own messages up to here have been read. */
  | { type: 'read-by-peer'; conversation: BareJid; through: EntryId }
  /** More came while the line was down than was fetched: windows end at this entry until they ask for what follows. */
  | { type: 'gap'; conversation: BareJid; after: EntryId }
  /** Those that follow the user to every device. */
  | { type: 'settings'; settings: Partial<Settings> }
  | { type: 'typing'; conversation: BareJid; typing: boolean }
  | { type: 'page'; op: number; conversation: BareJid; at: PagePlace; messages: Message[]; atStart: boolean; atEnd: boolean }
  | { type: 'devices'; devices: Device[] }
  | { type: 'export-part'; op: number; done: number; total?: number; blob?: Blob | Uint8Array; name?: string }
  /** To one page alone, after its 'message': it has just come in from others, and no page with the focus shows its conversation.
      `away`: no page has the focus. */
  | { type: 'news'; message: Message; away: boolean }
  /** To one page alone, after its 'request', which comes again with every session until it is answered. */
  | { type: 'request-news'; request: ContactRequest; away: boolean }
  /** To one page alone: an own change of a message came back, and is not shown any more. It can be tried again by its id. */
  | { type: 'change-failed'; conversation: BareJid; id: string; what: 'edit' | 'withdraw' | 'react'; why: string }
  /** To one page alone. */
  | { type: 'nudged'; conversation: BareJid; from: BareJid; at: Time };

export interface MadeInvitation {
  token: string;
  /** It makes an account on this server, too. */
  account: boolean;
  expires?: Time;
}

export interface ConversationSummary {
  jid: BareJid;
  last?: Message;
  unread: number;
  readUpTo?: EntryId;
  /** Up to here the other one has been told of it, or is not to be. */
  toldUpTo?: EntryId;
  pinned: boolean;
  muted: boolean;
  draft: string;
}

export type { SharedFile };
