// Every screen by name: which state it needs, where one is, and what one has pressed to get there.
import type { AppState } from '../model/types';
import { at, self } from './people';
import { message, oldMessage } from './talk';
import { long_messages } from './world';

export interface Scene {
  name: string;
  hash?: string;
  search?: string;
  state?: (state: AppState) => AppState;
  /** Selectors pressed one after the other, each when it is there; 'menu:' presses the other button of the mouse, 'type:' writes, 'wait:' waits. */
  press?: string[];
}

const out = (reason?: 'token-expired' | 'opened-elsewhere') => (state: AppState): AppState => {
  localStorage[reason === 'token-expired' ? 'setItem' : 'removeItem']('rookery-last-address', self);
  return { ...state, self: null, contacts: {}, conversations: {}, line: { state: 'signed-out', ...(reason ? { reason } : {}) } };
};
const wei = `/chat/${encodeURIComponent(at('wei'))}`;
const button = (icon: string, inside = ''): string => `${inside} button:has([data-icon="${icon}"])`;

const settings = ['profile', 'account', 'devices', 'privacy', 'notifications', 'appearance', 'language', 'sees', 'about'];

export const scenes: Scene[] = [
  { name: 'sign-in', state: out() },
  { name: 'sign-up', state: out(), press: ['.sign-switch .link'] },
  { name: 'sign-invited', state: out(), search: 'from=wei@rookery.example' },
  { name: 'sign-invited-name', state: out(), search: 'from=wei@rookery.example&name=bob', hash: '/invite/5b2e' },
  { name: 'signed-out', state: out('token-expired') },
  { name: 'opened-elsewhere', state: out('opened-elsewhere') },
  { name: 'splash', state: (s) => ({ ...s, self: null, line: { state: 'waiting', retryAt: Date.now() + 9_000, why: 'unreachable' } }) },
  { name: 'newcomer', state: (s) => ({ ...s, contacts: {}, conversations: {}, requests: [], windows: {} }) },
  { name: 'conversations' },
  { name: 'contacts', press: ['#tab-contacts'] },
  { name: 'contacts-many', state: manyContacts, press: ['#tab-contacts'] },
  { name: 'no-contacts', state: (s) => ({ ...s, contacts: {}, requests: [] }), press: ['#tab-contacts'] },
  { name: 'presence-menu', press: ['.self-presence'] },
  { name: 'edit-signature', press: ['.self-signature'] },
  { name: 'conversation-menu', press: ['menu:.panel .row'] },
  { name: 'chat', hash: wei },
  { name: 'chat-lines', hash: wei, state: (s) => ({ ...s, settings: { ...s.settings, bubbles: false } }) },
  { name: 'chat-new', hash: wei, state: (s) => ({ ...s, conversations: { ...s.conversations, [at('wei')]: { ...s.conversations[at('wei')]!, unread: 2 } } }) },
  { name: 'chat-empty', hash: `/chat/${encodeURIComponent(at('bao'))}` },
  { name: 'chat-failed', hash: wei, state: failed },
  { name: 'chat-typing', hash: wei, state: (s) => ({ ...s, conversations: { ...s.conversations, [at('wei')]: { ...s.conversations[at('wei')]!, typing: true } } }) },
  { name: 'chat-offline', hash: wei, state: (s) => ({ ...s, line: { state: 'waiting', retryAt: Date.now() + 12_000, why: 'no-network' } }) },
  { name: 'chat-stranger', hash: `/chat/${encodeURIComponent(at('stranger'))}` },
  { name: 'chat-request', hash: `/chat/${encodeURIComponent(at('nadia'))}` },
  { name: 'chat-blocked', hash: wei, state: (s) => ({ ...s, blocked: [at('wei')] }) },
  { name: 'chat-search', hash: wei, press: [button('search', '.chat-head'), 'type:e'] },
  { name: 'chat-reply', hash: wei, press: ['menu:[data-message="ok"]', '.menu [data-icon="reply"]'] },
  { name: 'chat-edit', hash: wei, press: ['menu:[data-message="ok"]', '.menu [data-icon="edit"]'] },
  { name: 'message-menu', hash: wei, press: ['menu:[data-message="ok"]'] },
  { name: 'withdraw', hash: wei, press: ['menu:[data-message="ok"]', '.menu-danger'] },
  { name: 'details', hash: wei, press: ['menu:[data-message="ok"]', '.menu [data-icon="info"]'] },
  { name: 'forward', hash: wei, press: ['menu:[data-message="ok"]', '.menu [data-icon="share"]'] },
  { name: 'emoji', hash: wei, press: [button('smile', '.composer-line'), 'wait:.emoji-one'] },
  { name: 'react', hash: wei, press: ['menu:[data-message="ok"]', '.menu .menu-item [data-icon="smile"]', 'wait:.emoji-one'] },
  { name: 'viewer', hash: wei, press: ['.picture'] },
  { name: 'jump-to-date', hash: wei, press: [button('more', '.chat-head'), '.menu [data-icon="calendar"]'] },
  { name: 'chat-long', hash: `/chat/${encodeURIComponent(at('long'))}` },
  { name: 'chat-100000', hash: `/chat/${encodeURIComponent(at('long'))}`, state: hundredThousand },
  { name: 'chat-hostile', hash: `/chat/${encodeURIComponent(at('wei'))}`, state: hostile },
  { name: 'profile', hash: `/profile/${encodeURIComponent(at('wei'))}` },
  { name: 'profile-stranger', hash: `/profile/${encodeURIComponent(at('nadia'))}` },
  { name: 'block', hash: `/profile/${encodeURIComponent(at('wei'))}`, press: [button('block', '.profile-last')] },
  { name: 'add', hash: '/add' },
  { name: 'requests', hash: '/requests' },
  { name: 'no-requests', hash: '/requests', state: (s) => ({ ...s, requests: [] }) },
  { name: 'settings', hash: '/settings' },
  ...settings.map((section): Scene => ({ name: `settings-${section}`, hash: `/settings/${section}` })),
  { name: 'delete-account', hash: '/settings/account', press: ['.settings-danger .button'] },
  { name: 'search-panel', press: ['.panel .search-box input', 'type:a'] },
];

function failed(s: AppState): AppState {
  const win = s.windows[at('wei')]!;
  const more = [message(at('wei'), true, Date.now() - 30_000, s.settings.language === 'zh-CN' ? '在吗？' : 'Are you there?', { delivery: 'failed', failure: 'remote-server-not-found', entry: undefined, id: 'failed' })];
  return { ...s, windows: { ...s.windows, [at('wei')]: { ...win, messages: [...win.messages, ...more], trouble: 'timeout', atStart: false } } };
}

function manyContacts(s: AppState): AppState {
  const wei = s.contacts[at('wei')]!;
  const more = Array.from({ length: 500 }, (_, n) => ({ ...wei, jid: at(`many${n}`), groups: ['Z'], show: 'offline' as const, remark: `Many ${String(n).padStart(3, '0')}` }));
  return { ...s, contacts: { ...s.contacts, ...Object.fromEntries(more.map((c) => [c.jid, c])) } };
}

function hundredThousand(s: AppState): AppState {
  const now = Date.now();
  const messages = Array.from({ length: long_messages }, (_, n) => oldMessage(at('long'), n, long_messages, now));
  return { ...s, windows: { ...s.windows, [at('long')]: { conversation: at('long'), messages, atStart: true, atEnd: true, loading: null } } };
}

/** Whatever a peer may send to break the page is shown as text, or refused. */
function hostile(s: AppState): AppState {
  const who = at('wei');
  const texts = [
    '<img src=x onerror=alert(1)>', '<script>alert(1)</script>', 'javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', '[x](javascript:alert(1))',
    'https://example.org/"onmouseover="alert(1)', '\u202Etxt.exe', 'a'.repeat(5000), `${'> '.repeat(40)}deep`, '*'.repeat(2000), 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘', '\n'.repeat(300) + 'end', "'; DROP TABLE messages; --", '{{7*7}} ${7*7}',
  ];
  const messages = texts.map((text, i) => message(who, false, Date.now() - (100 - i) * 60_000, text));
  const files = ['javascript:alert(1)', 'http://elsewhere.example/x.png', 'data:image/svg+xml,<svg onload=alert(1)>', 'https://user:pass@files.example/x'];
  messages.push(...files.map((url, i) => message(who, false, Date.now() - (50 - i) * 60_000, '', { file: { url, name: '<b>evil</b>\u202Egnp.exe', mediaType: 'image/png' } })));
  const contact = s.contacts[who]!;
  return {
    ...s,
    contacts: { ...s.contacts, [who]: { ...contact, profile: { ...contact.profile, nickname: '<h1>Wei</h1>', avatar: 'data:image/svg+xml;base64,PHN2Zy8+', homepage: 'javascript:alert(1)' } } },
    windows: { ...s.windows, [who]: { conversation: who, messages, atStart: true, atEnd: true, loading: null } },
  };
}
