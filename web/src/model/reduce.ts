// The page's state as a function of what the engine says and what the user asks. Pure; whatever did not change keeps its
// identity, so that one flap of one contact's presence touches one cell.
import { compareEntries } from './item';
import type { Command, ConversationSummary, Event } from '../engine/contract';
import type { AppState, BareJid, Conversation, EntryId, HistoryWindow, Message } from './types';
import { addPage, cutAfter, emptyWindow, makeRoom, place } from './window';

/** Not of the engine: what this page has asked of it and in vain, and that a window is not looked at any more. */
export type LocalEvent =
  | { type: 'asked'; command: Command }
  | { type: 'page-failed'; conversation: BareJid; why: string }
  | { type: 'window-closed'; conversation: BareJid };

export function reduce(state: AppState, event: Event | LocalEvent): AppState {
  switch (event.type) {
    case 'line':
      return event.line.state === 'signed-out'
        ? { ...state, line: event.line, self: null, contacts: {}, requests: [], people: {}, conversations: {}, windows: {}, devices: null, blocked: [] }
        : { ...state, line: event.line };
    case 'snapshot':
      return {
        ...state,
        line: event.line,
        self: event.self,
        contacts: Object.fromEntries(event.contacts.map((c) => [c.jid, c])),
        requests: event.requests,
        people: Object.fromEntries(event.people.map((p) => [p.jid, p])),
        conversations: Object.fromEntries(event.conversations.map((s) => [s.jid, conversation(s, state.conversations[s.jid])])),
        blocked: event.blocked,
        settings: { ...state.settings, ...event.settings },
        server: event.server,
      };
    case 'self':
      return { ...state, self: event.self };
    case 'contact':
      return { ...state, contacts: { ...state.contacts, [event.contact.jid]: event.contact } };
    case 'contact-removed':
      return { ...state, contacts: without(state.contacts, event.jid), people: remembered(state, event.jid) };
    case 'request':
      return { ...state, requests: [...state.requests.filter((r) => r.jid !== event.request.jid), event.request] };
    case 'request-gone':
      return { ...state, requests: state.requests.filter((r) => r.jid !== event.jid) };
    case 'profile':
      return event.profile.jid in state.contacts || event.profile.jid === state.self?.jid ? state : { ...state, people: { ...state.people, [event.profile.jid]: event.profile } };
    case 'blocked':
      return { ...state, blocked: event.jids };
    case 'settings':
      return { ...state, settings: { ...state.settings, ...event.settings } };
    case 'devices':
      return { ...state, devices: event.devices };
    case 'conversation':
      return withConversation(state, event.conversation);
    case 'conversation-gone':
      return { ...state, conversations: without(state.conversations, event.jid) };
    case 'typing': {
      const jid = event.conversation;
      // The first word may just be being written: a contact's conversation need not be there yet.
      const known = state.conversations[jid] ?? (state.contacts[jid] && { jid, unread: 0, pinned: false, muted: false, draft: '', typing: false });
      return known ? { ...state, conversations: { ...state.conversations, [jid]: { ...known, typing: event.typing } } } : state;
    }
    case 'message':
      return onWindow(state, event.message.conversation, (w) => place(w, event.message));
    case 'message-gone':
      return onWindow(state, event.conversation, (w) => ({ ...w, messages: w.messages.filter((m) => m.id !== event.id) }));
    case 'read-by-peer':
      return onWindow(state, event.conversation, (w) => ({ ...w, messages: w.messages.map((m) => readBy(m, event.through)) }));
    case 'gap':
      return withGap(state, event.conversation, event.after);
    case 'page':
      return withPage(state, event);
    case 'page-failed':
      return onWindow(state, event.conversation, (w) => ({ ...w, loading: null, trouble: event.why }));
    case 'asked':
      return onAsked(state, event.command);
    case 'window-closed':
      return { ...state, windows: without(state.windows, event.conversation) };
    default:
      return state;
  }
}

/** Who is no contact any more keeps his name. */
function remembered({ contacts, people }: AppState, jid: BareJid): AppState['people'] {
  return contacts[jid] ? { ...people, [jid]: contacts[jid].profile } : people;
}
function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  if (!(key in record)) return record;
  const { [key]: _, ...rest } = record;
  return rest;
}

function onWindow(state: AppState, jid: BareJid, change: (window: HistoryWindow) => HistoryWindow): AppState {
  const window = state.windows[jid];
  if (!window) return state;
  const next = change(window);
  return next === window ? state : { ...state, windows: { ...state.windows, [jid]: next } };
}

function conversation(summary: ConversationSummary, before: Conversation | undefined): Conversation {
  const { last } = summary;
  return {
    jid: summary.jid,
    last: last && {
      text: last.text, at: last.at, mine: last.mine, kind: last.kind, delivery: last.delivery,
      withdrawn: last.withdrawn !== undefined, file: last.file !== undefined,
    },
    unread: summary.unread,
    readUpTo: summary.readUpTo,
    toldUpTo: summary.toldUpTo,
    pinned: summary.pinned,
    muted: summary.muted,
    draft: summary.draft,
    typing: before?.typing ?? false,
  };
}
function withConversation(state: AppState, summary: ConversationSummary): AppState {
  const shown = summary.last || summary.draft || summary.pinned;
  if (!shown) return { ...state, conversations: without(state.conversations, summary.jid) };
  return { ...state, conversations: { ...state.conversations, [summary.jid]: conversation(summary, state.conversations[summary.jid]) } };
}

function readBy(message: Message, through: string): Message {
  const covered = message.mine && message.entry && compareEntries(message.entry, through) <= 0 && message.delivery !== 'read';
  return covered ? { ...message, delivery: 'read', failure: undefined } : message;
}

/** A window of which nothing stays is none, unless its page is on its way: it is asked for anew. */
function withGap(state: AppState, jid: BareJid, after: EntryId): AppState {
  const next = onWindow(state, jid, (w) => (w.atEnd ? cutAfter(w, after) : w));
  const window = next.windows[jid];
  const nothing = next !== state && window && window.messages.length === 0 && window.loading !== 'around';
  return nothing ? { ...next, windows: without(next.windows, jid) } : next;
}

type PageEvent = Extract<Event, { type: 'page' }>;

/** A page that continues a stretch which the window has left meanwhile is no use any more. */
function withPage(state: AppState, event: PageEvent): AppState {
  return onWindow(state, event.conversation, (window) => {
    const { at } = event;
    if ('newest' in at || 'around' in at) return addPage(window, 'newest' in at ? 'newest' : 'around', event);
    const edge = 'before' in at ? at.before : at.after;
    if (!window.messages.some((m) => m.entry === edge)) return window;
    return addPage(window, 'before' in at ? 'before' : 'after', event);
  });
}

/** Windows a page keeps: those opened longest ago leave. */
const WINDOWS_MAX = 8;
function fewer(windows: AppState['windows']): AppState['windows'] {
  const kept = Object.entries(windows);
  return kept.length < WINDOWS_MAX ? windows : Object.fromEntries(kept.slice(kept.length - WINDOWS_MAX + 1));
}

function onAsked(state: AppState, command: Command): AppState {
  if (command.do !== 'page') return state;
  const { conversation: jid, at } = command;
  const loading = 'before' in at ? 'older' : 'after' in at ? 'newer' : 'around';
  const before = state.windows[jid] ?? emptyWindow(jid);
  const window = loading === 'around' ? before : makeRoom(before, loading, command.limit);
  const others = jid in state.windows ? state.windows : fewer(state.windows);
  return { ...state, windows: { ...others, [jid]: { ...window, loading, trouble: undefined } } };
}
