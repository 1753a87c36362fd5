// What each command of the pages does to an account that is signed in. Resolves with the result of 'done'; what it throws
// becomes 'failed'.
import { isMessage, wireId } from '../model/item';
import { NUDGE_EVERY_MS, type Command, type Event, type Unanswered } from './contract';
import type { Account } from './account/account';
import { exportAll } from './account/export';
import { fetchDevices, signOutDevice } from './account/devices';
import { makeInvitation } from './account/invite';
import { parseMessage } from './account/parse';
import { CommandFailed } from './failure';
import type { SendCommand } from './store/store';
import { NS } from './xmpp/ns';
import { attr, el } from './xmpp/xml';
import { domain as domainOf, local, resource } from './xmpp/jid';

const SEARCH_PAGE = 50;
const lastNudge = new WeakMap<Account, Map<string, number>>();

type Of<K extends Command['do']> = Extract<Command, { do: K }>;
type Handlers = { [K in Command['do']]?: (account: Account, command: Of<K>, reply: (event: Event) => void) => Promise<unknown> };

/** With what the page does not know of the messages meant. */
async function completed({ history }: Account, command: SendCommand): Promise<SendCommand> {
  if (command.do !== 'send' && command.do !== 'edit') return command;
  const quote = command.do === 'send' ? command.quote : (await history.itemOf(command.to, command.original))?.quote;
  if (!quote) return command;
  const origin = (await history.itemOf(command.to, quote.id))?.aka;
  return { ...command, quote: { ...quote, origin } };
}
async function write(account: Account, given: SendCommand): Promise<void> {
  const command = await completed(account, given);
  const item = await account.outbox.add(command, account.history.newest);
  await account.shown(item);
}
/** Before there is a line. Whether it was kept and sent is told by what is kept here, or else by the archive. */
export async function takeUp(account: Account, unanswered: readonly Unanswered[]): Promise<void> {
  const { own, store } = account.host;
  for (const { command: { op: _, ...command } } of unanswered.filter((u) => u.own === own)) {
    const placed = command.do === 'send' ? await store.messagesById(command.to, command.id)
      : (await store.modsOf(command.to, wireId(command.original))).filter((m) => m.mine && m.wire === command.id);
    if (!placed.length) await account.shown(await account.outbox.add(await completed(account, command), account.history.newest, 'unsure'));
  }
}
const online = (account: Account): void => {
  if (!account.link.up) throw new CommandFailed('offline');
};

export const handlers: Handlers = {
  'reconnect-now': async (account) => account.line.reconnectNow(),
  'set-presence': (account, { show, status }) => account.setShow(show, status),
  'set-profile': (account, { profile }) => account.profiles.change(profile),
  'get-profile': async (account, { jid }) => {
    if (account.roster.has(jid) && account.roster.contact(jid).show === 'offline' && !account.own.invisible) void account.roster.askLastSeen(jid).catch(() => undefined);
    return account.profiles.fetch(jid);
  },
  'add-contact': (account, { jid, greeting, remark, groups, token }) =>
    account.roster.add(jid, greeting, remark, groups, account.own.self().nickname, token),
  invite: (account) => makeInvitation(account.link, domainOf(account.host.own)),
  'change-contact': (account, { jid, remark, groups }) => account.roster.change(jid, remark, groups),
  'remove-contact': (account, { jid }) => account.roster.remove(jid),
  'answer-request': async (account, { jid, accept }) => {
    await account.roster.answer(jid, accept, account.own.self().nickname);
    account.signals.answered(jid);
  },
  block: (account, { jid }) => account.blocklist.set(jid, true),
  unblock: (account, { jid }) => account.blocklist.set(jid, false),
  send: write,
  edit: write,
  withdraw: write,
  react: write,
  nudge: async (account, command) => {
    online(account);
    const times = lastNudge.get(account) ?? new Map<string, number>();
    lastNudge.set(account, times);
    if (command.at - (times.get(command.to) ?? -Infinity) < NUDGE_EVERY_MS) throw new CommandFailed('too-many');
    if (!(await account.support.maybe(command.to, NS.attention))) throw new CommandFailed('not-supported');
    times.set(command.to, command.at);
    await write(account, command);
  },
  retry: async (account, { id, to }) => {
    await account.host.store.removeErrors(to, id);
    if (await account.outbox.retry(id)) return;
    // It was delivered to the archive, and came back: written anew under its own id.
    const item = (await account.host.store.messagesById(to, id))[0];
    if (!item || !item.mine || item.kind !== 'message') throw new CommandFailed('gone');
    await account.host.store.removeErrors(to, item.wire);
    await write(account, { do: 'send', id: item.wire, to, text: item.text, quote: item.quote, file: item.file, at: item.at });
  },
  unsent: async (account) => account.outbox.unsent,
  discard: async (account, { id, to }) => {
    await account.outbox.discard(id);
    // One that came back is in the archive all the same: here it goes.
    const kept = (await account.host.store.messagesById(to, id))[0];
    if (kept?.mine && (await account.history.foldItem(kept)).delivery === 'failed') await account.host.store.removeMessage(to, kept.entry);
    account.host.emit({ type: 'message-gone', conversation: to, id });
    await account.history.refresh(to, id);
  },
  typing: async (account, { to, state }) => account.signals.typing(to, state),
  read: (account, { conversation, through, id }) => account.reading.seen(conversation, id, through),
  draft: (account, { conversation, text: words }) => account.history.draft(conversation, words),
  pin: (account, { conversation, on }) => account.prefs.mark('pinned', conversation, on),
  mute: (account, { conversation, on }) => account.prefs.mark('muted', conversation, on),
  settings: (account, { patch }) => account.setSettings(patch),
  'forget-conversation': (account, { conversation }) => account.history.hide(conversation),
  page: async (account, { op, conversation, at, limit }, reply) => {
    await account.ready();
    await account.sync.page(conversation, at, limit, (page) => reply({ type: 'page', op, conversation, at, ...page }));
  },
  search: async (account, { conversation, words, before }) => {
    if (!account.features.has(NS.fulltext)) throw new CommandFailed('not-offered');
    const page = await account.archive.page({ with: conversation ?? undefined, words, before: before ?? '', max: SEARCH_PAGE });
    const { own, now } = account.host;
    const items = page.messages.map(({ entry, message, at }) => parseMessage(message, { own, entry, at, now: now() }));
    const found = items.filter((i) => i !== null).filter(isMessage);
    return { messages: await Promise.all(found.map((m) => account.history.foldItem(m))), complete: page.complete };
  },
  devices: async (account) => {
    // Rookery's ids are what a resource ends in (Bind 2 puts it there); another server may know clients by their user-agent.
    const own = [account.host.request(undefined).agent.id, resource(account.link.jid).split('~').at(-1)];
    const devices = await fetchDevices(account.link, (client) => own.includes(attr(client, 'id')));
    account.host.emit({ type: 'devices', devices });
    return devices;
  },
  'sign-out-device': (account, { id }) => signOutDevice(account.link, id),
  export: async (account, { op }, reply) => {
    online(account);
    await exportAll({
      own: account.host.own, archive: account.archive, self: account.own.self(), contacts: account.roster.all(),
      blocked: account.blocklist.all(), conversations: account.history.summaries(), settings: account.prefs.settings, now: account.host.now(),
      part: (done, total, name, blob) => reply({ type: 'export-part', op, done, total, name, blob }),
    });
  },
};

/** XEP-0077 §3.3; the caller has proved the old password. */
export async function setPassword(account: Account, password: string): Promise<void> {
  await account.link.iq('set', el('query', { xmlns: NS.register },
    el('username', {}, local(account.host.own)), el('password', {}, password)), account.host.own.split('@')[1]);
}
/** XEP-0077 §3.2. */
export async function removeAccount(account: Account): Promise<void> {
  await account.link.iq('set', el('query', { xmlns: NS.register }, el('remove')));
}

