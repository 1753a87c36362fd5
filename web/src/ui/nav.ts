// Where one is: which conversation and what lies over it. Kept in the address's hash, so that the browser's back button,
// a reload and a bookmark do what one expects.
import { createSignal, onCleanup, type Accessor } from 'solid-js';
import type { BareJid } from '../model/types';

export const sections = ['profile', 'account', 'devices', 'privacy', 'notifications', 'appearance', 'language', 'sees', 'about'] as const;
export type Section = (typeof sections)[number];

export type Overlay =
  | { kind: 'settings'; section: Section | null }
  | { kind: 'profile'; jid: BareJid }
  | { kind: 'add'; jid: BareJid }
  | { kind: 'requests' };

export interface Route {
  chat: BareJid | null;
  overlay: Overlay | null;
}

export function parseRoute(hash: string): Route {
  const words = hash.replace(/^#?\/?/, '').split('/').map(decode);
  const route: Route = { chat: null, overlay: null };
  if (words[0] === 'chat' && words[1]) {
    route.chat = words[1];
    words.splice(0, 2);
  }
  const [kind, rest = ''] = words;
  if (kind === 'settings') route.overlay = { kind, section: sections.find((s) => s === rest) ?? null };
  else if (kind === 'profile' && rest) route.overlay = { kind, jid: rest };
  else if (kind === 'add') route.overlay = { kind, jid: rest };
  else if (kind === 'requests') route.overlay = { kind };
  return route;
}

export function formatRoute(route: Route): string {
  const words: string[] = [];
  if (route.chat) words.push('chat', route.chat);
  const over = route.overlay;
  if (over?.kind === 'settings') words.push('settings', ...(over.section ? [over.section] : []));
  else if (over?.kind === 'profile') words.push('profile', over.jid);
  else if (over?.kind === 'add') words.push('add', ...(over.jid ? [over.jid] : []));
  else if (over) words.push(over.kind);
  return '#/' + words.map(encodeURIComponent).join('/');
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}

export interface Nav {
  route: Accessor<Route>;
  /** On a wide window another conversation takes the place of the one before; on a phone it is a step one can go back. */
  openChat: (jid: BareJid) => void;
  open: (overlay: Overlay) => void;
  /** Changes what is on top without a new step. */
  replace: (overlay: Overlay) => void;
  /** Closes what is on top: the overlay, else the conversation. */
  back: () => void;
  leaveChat: () => void;
}

export function createNav(): Nav {
  const [route, setRoute] = createSignal<Route>(parseRoute(location.hash));
  const depth = (): number => (history.state as { depth?: number } | null)?.depth ?? 0;
  const go = (next: Route, how: 'push' | 'replace'): void => {
    const state = { depth: how === 'push' ? depth() + 1 : depth() };
    history[how === 'push' ? 'pushState' : 'replaceState'](state, '', formatRoute(next));
    setRoute(next);
  };
  const popped = (): void => void setRoute(parseRoute(location.hash));
  addEventListener('popstate', popped);
  onCleanup(() => removeEventListener('popstate', popped));
  const parent = (): Route => ({ chat: route().overlay ? route().chat : null, overlay: null });
  return {
    route,
    openChat: (jid) => {
      const { chat, overlay } = route();
      if (chat === jid && !overlay) return;
      go({ chat: jid, overlay: null }, chat || overlay ? 'replace' : 'push');
    },
    open: (overlay) => go({ chat: route().chat, overlay }, route().overlay ? 'replace' : 'push'),
    replace: (overlay) => go({ chat: route().chat, overlay }, 'replace'),
    back: () => {
      if (depth() > 0) history.back();
      else go(parent(), 'replace');
    },
    leaveChat: () => go({ chat: null, overlay: null }, 'replace'),
  };
}
