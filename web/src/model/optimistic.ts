// What the user does is on the screen before the engine has heard of it. Each such change brings its way back, for when the
// engine refuses; what the engine says in between goes before both.
import type { Command } from '../engine/contract';
import { byPlace } from './fold';
import type { AppState, BareJid, Conversation, Message } from './types';

type State = AppState;
export type WayBack = (state: State) => State;
export interface Optimistic {
  state: State;
  back: WayBack;
}
const nothing: WayBack = (state) => state;

export function optimistic(state: State, command: Command): Optimistic {
  switch (command.do) {
    case 'nudge': {
      const message = written(state, command);
      const shown = onMessages(state, command.to, (list) => [...list, message].sort(byPlace));
      // Later is too late for a nudge: one that cannot be made now is not.
      return { state: shown, back: (later) => onMessages(later, command.to, (list) => list.filter((m) => m.id !== command.id || m.delivery !== 'waiting')) };
    }
    case 'send': {
      const message = written(state, command);
      const shown = onMessages(state, command.to, (list) => (list.some((m) => m.id === command.id) ? list : [...list, message].sort(byPlace)));
      return { state: shown, back: (later) => onMessage(later, command.to, command.id, (m) => (m.delivery === 'waiting' ? { ...m, delivery: 'failed' } : m)) };
    }
    case 'edit':
      return change(state, command.to, command.original, (m) => ({ ...m, text: command.text, edited: command.at }));
    case 'withdraw':
      return change(state, command.to, command.original, (m) => ({ ...m, withdrawn: command.at, text: '', quote: undefined, file: undefined, reactions: {} }));
    case 'react':
      return change(state, command.to, command.original, (m) => ({ ...m, reactions: reacted(m.reactions, state.self?.jid ?? '', command.emojis) }));
    case 'pin':
      return flag(state, command.conversation, 'pinned', command.on);
    case 'mute':
      return flag(state, command.conversation, 'muted', command.on);
    case 'read':
      return { state: onConversation(state, command.conversation, (c) => ({ ...c, unread: 0, readUpTo: command.through })), back: nothing };
    default:
      return { state, back: nothing };
  }
}

function written(state: State, command: Extract<Command, { do: 'send' | 'nudge' }>): Message {
  return {
    id: command.id, conversation: command.to, from: state.self?.jid ?? '', mine: true, at: command.at,
    text: command.do === 'send' ? command.text : '', kind: command.do === 'send' ? 'text' : 'nudge',
    delivery: 'waiting', reactions: {}, quote: command.do === 'send' ? command.quote : undefined, file: command.do === 'send' ? command.file : undefined,
  };
}

/** The way back is taken only while the message is as this change left it. */
function change(state: State, jid: BareJid, id: string, to: (message: Message) => Message): Optimistic {
  const before = state.windows[jid]?.messages.find((m) => m.id === id);
  if (!before) return { state, back: nothing };
  const after = to(before);
  return {
    state: onMessage(state, jid, id, () => after),
    back: (later) => onMessage(later, jid, id, (m) => (m === after ? before : m)),
  };
}

function reacted(before: Message['reactions'], self: BareJid, emojis: string[]): Message['reactions'] {
  const others = Object.entries(before).map(([emoji, who]): [string, BareJid[]] => [emoji, who.filter((jid) => jid !== self)]);
  const out = Object.fromEntries(others.filter(([, who]) => who.length > 0));
  for (const emoji of emojis) out[emoji] = [...(out[emoji] ?? []), self];
  return out;
}

function flag(state: State, jid: BareJid, name: 'pinned' | 'muted', on: boolean): Optimistic {
  const set = (value: boolean): WayBack => (s) => onConversation(s, jid, (c) => ({ ...c, [name]: value }));
  return { state: set(on)(state), back: set(!on) };
}

function onMessages(state: State, jid: BareJid, to: (messages: Message[]) => Message[]): State {
  const window = state.windows[jid];
  // Where newer messages are out of the window, the own one appears when the window has been brought to its end.
  if (!window || !window.atEnd) return state;
  return { ...state, windows: { ...state.windows, [jid]: { ...window, messages: to(window.messages) } } };
}
function onMessage(state: State, jid: BareJid, id: string, to: (message: Message) => Message): State {
  const window = state.windows[jid];
  if (!window?.messages.some((m) => m.id === id)) return state;
  const messages = window.messages.map((m) => (m.id === id ? to(m) : m));
  return { ...state, windows: { ...state.windows, [jid]: { ...window, messages } } };
}
function onConversation(state: State, jid: BareJid, to: (conversation: Conversation) => Conversation): State {
  const known = state.conversations[jid];
  return known ? { ...state, conversations: { ...state.conversations, [jid]: to(known) } } : state;
}
