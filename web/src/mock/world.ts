// A made-up server: answers every command in the page, a little later, as the real one would.
import { createStore, produce, reconcile, type SetStoreFunction } from 'solid-js/store';
import type { Event } from '../engine/contract';
import type { AppState, Conversation, Language, Message, Settings, Theme } from '../model/types';
import type { CommandBody } from '../ui/api';
import { at, contacts, domain, self, selfState } from './people';
import { message, oldMessage, talkWithWei } from './talk';

export const long_messages = 100_000;

export interface World {
  state: AppState;
  set: SetStoreFunction<AppState>;
  dispatch: (command: CommandBody) => Promise<unknown>;
  change: (patch: Partial<Settings>) => void;
  listen: (hear: (event: Event) => void) => () => void;
  emit: (event: Event) => void;
}

export function blankState(language: Language, theme: Theme): AppState {
  return {
    line: { state: 'online' }, self: null, contacts: {}, requests: [], people: {}, conversations: {}, windows: {}, devices: null, blocked: [],
    settings: { theme, language, enterSends: true, sounds: true, notifications: false, notificationPreview: true, sendReceipts: true, sendRead: true, sendTyping: true, nudges: true, bubbles: true },
    server: { domain, registration: true, devices: true, upload: false, search: false },
  };
}

export function fullState(language: Language, theme: Theme): AppState {
  const now = Date.now();
  const zh = language === 'zh-CN';
  const talk = talkWithWei(language, now);
  const line = (jid: string, text: string, minutes: number, more: Partial<Conversation> = {}, mine = false): [string, Conversation] => [jid, {
    jid, unread: 0, pinned: false, muted: false, draft: '', typing: false,
    last: { text, at: now - minutes * 60_000, mine, kind: 'text', delivery: 'read', withdrawn: false, file: false }, ...more,
  }];
  const unreadFrom = talk.find((m) => m.at > now - 13 * 60_000)!;
  return {
    ...blankState(language, theme),
    self: selfState(language),
    contacts: contacts(language),
    requests: [{ jid: at('nadia'), greeting: zh ? '你好，我是上次活动认识的娜迪亚' : 'Hello, Nadia from the meetup', nickname: zh ? '娜迪亚' : 'Nadia', at: now - 3 * 3_600_000 }],
    conversations: Object.fromEntries([
      line(at('wei'), talk.at(-1)!.text, 1, { pinned: true, readUpTo: String(Number(unreadFrom.entry) - 1) }, true),
      line(at('ziyan'), zh ? '妈说周末回来吃饭' : 'Mum says dinner on Sunday', 8, { unread: 3, pinned: true }),
      line(at('marta'), zh ? '新图标我放到共享文件夹了' : 'The new icons are in the shared folder', 25, { typing: true }),
      line(at('liuyang'), zh ? '周六下午三点老地方' : 'Saturday three o’clock, the usual place', 55, { unread: 128, muted: true }),
      line(at('tomas'), zh ? '合同.pdf' : 'contract.pdf', 3 * 60, { draft: zh ? '我晚上看一下再回你' : 'I will look at it tonight and' }),
      line(at('kenji'), zh ? '已经到京都了' : 'Arrived in Kyoto', 26 * 60, {}, false),
      line(at('grandma'), zh ? '天冷多穿点' : 'Put on something warm', 3 * 24 * 60),
      line(at('amara'), zh ? '好的，下周见' : 'Fine, see you next week', 12 * 24 * 60, { last: { text: zh ? '好的，下周见' : 'Fine, see you next week', at: now - 12 * 86_400_000, mine: true, kind: 'text', delivery: 'failed', withdrawn: false, file: false } }, true),
      line(at('long'), zh ? '在路上了' : 'On my way', 7),
    ]),
    windows: { [at('wei')]: { conversation: at('wei'), messages: talk, atStart: true, atEnd: true, loading: null } },
    devices: [
      { id: 'a', name: 'Firefox, Linux', software: 'Rookery 0.1', lastUsed: now, current: true, online: true },
      { id: 'b', name: zh ? '林晓的手机' : 'Lin’s phone', software: 'Conversations 2.16 (Android)', lastUsed: now - 20 * 60_000, current: false, online: true },
      { id: 'c', name: '', software: 'Gajim 1.8', lastUsed: now - 9 * 86_400_000, current: false, online: false },
    ],
    blocked: [`spam@${domain}`],
  };
}

export function createWorld(initial: AppState): World {
  const [state, set] = createStore<AppState>(initial);
  const ears = new Set<(event: Event) => void>();
  const emit = (event: Event): void => ears.forEach((ear) => ear(event));
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const world: World = {
    state, set, emit,
    change: (patch) => set('settings', patch),
    listen: (hear) => { ears.add(hear); return () => ears.delete(hear); },
    dispatch: async (command) => {
      await later(command.do === 'page' ? 120 : 60);
      return answer(world, command);
    },
  };
  return world;
}

function patchMessage(world: World, conversation: string, id: string, patch: Partial<Message>): void {
  const index = world.state.windows[conversation]?.messages.findIndex((m) => m.id === id) ?? -1;
  if (index >= 0) world.set('windows', conversation, 'messages', index, patch);
}

function append(world: World, m: Message): void {
  if (!world.state.windows[m.conversation]) world.set('windows', m.conversation, { conversation: m.conversation, messages: [], atStart: true, atEnd: true, loading: null });
  world.set('windows', m.conversation, 'messages', (old) => [...old, m]);
  const last = { text: m.text, at: m.at, mine: m.mine, kind: m.kind, delivery: m.delivery, withdrawn: false, file: !!m.file };
  const old = world.state.conversations[m.conversation] ?? { jid: m.conversation, unread: 0, pinned: false, muted: false, draft: '', typing: false };
  world.set('conversations', m.conversation, { ...old, last });
}

let count = 9_000_000;
function send(world: World, m: Message): void {
  append(world, { ...m, delivery: 'waiting', entry: undefined });
  const steps: [number, Partial<Message>][] = [[150, { delivery: 'sent', entry: String(++count) }], [700, { delivery: 'delivered' }], [1600, { delivery: 'read' }]];
  for (const [ms, patch] of steps) setTimeout(() => patchMessage(world, m.conversation, m.id, patch), ms);
  setTimeout(() => world.set('conversations', m.conversation, 'typing', true), 1700);
  setTimeout(() => {
    world.set('conversations', m.conversation, 'typing', false);
    const reply = message(m.conversation, false, Date.now(), `👌 ${m.text.slice(0, 40)}`, { id: `r${++count}`, entry: String(count) });
    append(world, reply);
    world.emit({ type: 'message', message: reply, live: true });
  }, 3200);
}

function answer(world: World, c: CommandBody): unknown {
  const { set, state } = world;
  switch (c.do) {
    case 'sign-in':
    case 'sign-up':
      if (c.password === 'wrong-password') throw { why: 'bad-credentials' };
      return set(reconcile(fullState(state.settings.language, state.settings.theme)));
    case 'sign-out': return set({ self: null, line: { state: 'signed-out', reason: 'by-user' } });
    case 'reconnect-now': return set('line', { state: 'online' });
    case 'set-presence': return set('self', { show: c.show, status: c.status });
    case 'set-profile': return set('self', c.profile);
    case 'get-profile': return state.contacts[c.jid]?.profile ?? { jid: c.jid, nickname: 'Nadia', signature: 'Hello', avatar: '', avatarHash: '' };
    case 'invite': return { token: '5b2e', account: true, expires: Date.now() + 604_800_000 };
    case 'add-contact': return set('contacts', c.jid, { jid: c.jid, remark: c.remark, groups: c.groups, subscription: 'none', asked: true, show: 'offline', status: '', blocked: false, profile: { jid: c.jid, nickname: '', signature: '', avatar: '', avatarHash: '' } });
    case 'change-contact': return set('contacts', c.jid, { ...(c.remark !== undefined && { remark: c.remark }), ...(c.groups && { groups: c.groups }) });
    case 'remove-contact': return set('contacts', produce((all) => { delete all[c.jid]; }));
    case 'answer-request': return set('requests', (all) => all.filter((r) => r.jid !== c.jid));
    case 'block': return set('blocked', (all) => [...all, c.jid]);
    case 'unblock': return set('blocked', (all) => all.filter((jid) => jid !== c.jid));
    case 'send': return send(world, message(c.to, true, c.at, c.text, { id: c.id, ...(c.quote && { quote: c.quote }), ...(c.file && { file: c.file }) }));
    case 'edit': return patchMessage(world, c.to, c.original, { text: c.text, edited: c.at });
    case 'withdraw': return patchMessage(world, c.to, c.original, { withdrawn: c.at, text: '' });
    case 'react': return react(world, c.to, c.original, c.emojis);
    case 'nudge': return append(world, message(c.to, true, c.at, '', { id: c.id, kind: 'nudge' }));
    case 'retry': return patchMessage(world, c.to, c.id, { delivery: 'delivered', failure: undefined });
    case 'discard': return set('windows', c.to, 'messages', (all) => all.filter((m) => m.id !== c.id));
    case 'draft': return state.conversations[c.conversation] && set('conversations', c.conversation, 'draft', c.text);
    case 'read': return state.conversations[c.conversation] && set('conversations', c.conversation, { unread: 0, readUpTo: c.through, toldUpTo: c.through });
    case 'pin': return set('conversations', c.conversation, 'pinned', c.on);
    case 'mute': return set('conversations', c.conversation, 'muted', c.on);
    case 'forget-conversation': return set('conversations', produce((all) => { delete all[c.conversation]; }));
    case 'page': return page(world, c);
    case 'sign-out-device': return set('devices', (all) => all!.filter((d) => d.id !== c.id));
    case 'change-password': if (c.old === 'wrong-password') throw { why: 'bad-credentials' }; return;
    case 'delete-account': return set({ self: null, line: { state: 'signed-out', reason: 'account-deleted' } });
    default: return;
  }
}

function react(world: World, conversation: string, id: string, emojis: string[]): void {
  const m = world.state.windows[conversation]?.messages.find((one) => one.id === id);
  const others = Object.entries(m?.reactions ?? {}).map(([emoji, who]) => [emoji, who.filter((jid) => jid !== self)] as const).filter(([, who]) => who.length);
  const next: Record<string, string[]> = Object.fromEntries(others.map(([emoji, who]) => [emoji, [...who]]));
  for (const emoji of emojis) (next[emoji] ??= []).push(self);
  const index = world.state.windows[conversation]?.messages.findIndex((one) => one.id === id) ?? -1;
  if (index >= 0) world.set('windows', conversation, 'messages', index, 'reactions', reconcile(next));
}

/** 'long' has 100,000 messages behind it; whoever else has said nothing yet. */
function page(world: World, c: Extract<CommandBody, { do: 'page' }>): void {
  const total = c.conversation === at('long') ? long_messages : 0;
  const now = Date.now();
  const number = (entry: string): number => Number(entry) - 1000;
  let from = Math.max(0, total - c.limit);
  if ('before' in c.at) from = Math.max(0, number(c.at.before) - c.limit);
  if ('after' in c.at) from = Math.min(total, number(c.at.after) + 1);
  if ('around' in c.at) from = Math.max(0, total - Math.round((now - c.at.around) / 420_000) - c.limit / 2);
  const to = 'before' in c.at ? number(c.at.before) : Math.min(total, from + c.limit);
  const fresh = Array.from({ length: to - from }, (_, i) => oldMessage(c.conversation, from + i, total, now));
  const old = world.state.windows[c.conversation];
  const messages = 'before' in c.at ? [...fresh, ...(old?.messages ?? [])] : 'after' in c.at ? [...(old?.messages ?? []), ...fresh] : fresh;
  const whole = total === 0 && old ? old.messages : messages;
  const first = whole[0]?.entry;
  const last = whole.findLast((m) => m.entry)?.entry;
  world.set('windows', c.conversation, { conversation: c.conversation, messages: whole, atStart: total === 0 || number(first!) === 0, atEnd: total === 0 || number(last!) === total - 1, loading: null });
}
