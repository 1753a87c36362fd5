// Both stores keep the same promises.
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MessageItem, ModItem } from '../../src/model/item';
import { openStore } from '../../src/engine/store/idb';
import { MemoryStore } from '../../src/engine/store/memory';
import type { AccountStore, Store } from '../../src/engine/store/store';

const message = (entry: string, more: Partial<MessageItem> = {}): MessageItem => ({
  kind: 'message', id: 'i' + entry, wire: 'i' + entry, entry, conversation: 'bob@x', from: 'bob@x', mine: false, at: 1, text: entry, ...more,
});
const mod = (entry: string, more: Partial<ModItem> = {}): ModItem => ({
  kind: 'react', target: 't', wire: 'w' + entry, entry, conversation: 'bob@x', from: 'bob@x', mine: false, at: 1, ...more,
});

describe.each<[string, () => Promise<Store>]>([['IndexedDB', openStore], ['memory', async () => new MemoryStore()]])('%s', (_, make) => {
  let store: Store;
  let account: AccountStore;
  beforeEach(async () => {
    store = await make();
    await store.erase('alice@x');
    account = await store.account('alice@x');
    return () => account.close();
  });

  it('gives stretches of a conversation in the order of the log, whatever the length of entries', async () => {
    await account.putMessages(['9', '10', '1000000000000000000', '11', '2'].map((e) => message(e)));
    await account.putMessages([message('5', { conversation: 'carol@x' })]);
    const entries = async (...args: [string, string, number, boolean]): Promise<string[]> => (await account.messages('bob@x', ...args)).map((m) => m.entry);
    expect(await entries('', '', 10, true)).toEqual(['2', '9', '10', '11', '1000000000000000000']);
    expect(await entries('', '', 2, true)).toEqual(['11', '1000000000000000000']);
    expect(await entries('', '', 2, false)).toEqual(['2', '9']);
    expect(await entries('2', '11', 10, false)).toEqual(['9', '10']);
    expect(await entries('9', '99999999999999999999', 2, false)).toEqual(['10', '11']);
  });
  it('knows whose messages it keeps', async () => {
    expect(await account.conversationsWithMessages()).toEqual([]);
    await account.putMessages([message('9'), message('10'), ...['1', '2', '3'].map((e) => message(e, { conversation: 'carol@x' })), message('4', { conversation: 'bob@xy' })]);
    await account.removeMessage('bob@xy', '4');
    expect((await account.conversationsWithMessages()).sort()).toEqual(['bob@x', 'carol@x']);
  });
  it('finds by id, replaces by entry, removes', async () => {
    await account.putMessages([message('1', { id: 'a' }), message('2', { id: 'a' }), message('1', { id: 'a', text: 'new' })]);
    expect((await account.messagesById('bob@x', 'a')).map((m) => m.text)).toEqual(['new', '2']);
    await account.removeMessage('bob@x', '1');
    expect((await account.messagesById('bob@x', 'a')).map((m) => m.entry)).toEqual(['2']);
    expect(await account.messagesById('carol@x', 'a')).toEqual([]);
  });
  it('keeps a correction and the other name it gives, which have one entry, each once', async () => {
    const both = [mod('1', { kind: 'edit', wire: 'c' }), mod('1', { kind: 'alias', target: 'c', original: 't' })];
    await account.putMods(both);
    await account.putMods(both);
    expect((await account.modsOf('bob@x', 't')).map((m) => m.kind)).toEqual(['edit']);
    expect((await account.modsOf('bob@x', 'c')).map((m) => m.original)).toEqual(['t']);
  });
  it('keeps what is said of a message, each once', async () => {
    await account.putMods([mod('1'), mod('1'), mod('2'), mod('', { kind: 'error' }), mod('3', { target: 'other' })]);
    expect((await account.modsOf('bob@x', 't')).map((m) => m.entry).sort()).toEqual(['', '1', '2']);
    await account.removeErrors('bob@x', 't');
    expect((await account.modsOf('bob@x', 't')).map((m) => m.entry).sort()).toEqual(['1', '2']);
  });
  it('lets the oldest go, with what was said of them', async () => {
    await account.putMessages(['1', '2', '9', '10', '11'].map((e) => message(e)));
    await account.putMods([mod('3'), mod('12')]);
    expect(await account.prune('bob@x', 5)).toBeUndefined();
    expect(await account.prune('bob@x', 3)).toBe('9');
    expect((await account.messages('bob@x', '', '', 10, false)).map((m) => m.entry)).toEqual(['9', '10', '11']);
    expect((await account.modsOf('bob@x', 't')).map((m) => m.entry)).toEqual(['12']);
  });
  it('keeps the outbox in the order of writing', async () => {
    for (const [id, seq] of [['b', 2], ['a', 3], ['c', 1]] as const)
      await account.putOutbox({ id, seq, after: '', at: 1, command: { do: 'send', id, to: 'bob@x', text: id, at: 1 } });
    await account.removeOutbox('b');
    expect((await account.outbox()).map((r) => r.id)).toEqual(['c', 'a']);
  });
  it('forgets an account whole, and keeps who is signed in apart from it', async () => {
    await store.saveSession({ jid: 'alice@x', token: 't', agent: 'a' });
    await account.setMeta('x', { y: 1 });
    await account.putConversation({ jid: 'bob@x', ranges: [], readUpTo: '', peerRead: '', draft: 'd' });
    await account.putProfile({ jid: 'bob@x', nickname: 'Bob', signature: '', avatar: '', avatarHash: '' });
    expect(await account.getMeta('x')).toEqual({ y: 1 });
    account.close();
    await store.erase('alice@x');
    account = await store.account('alice@x');
    expect([await account.getMeta('x'), await account.conversations(), await account.profiles()]).toEqual([undefined, [], []]);
    expect((await store.session())?.token).toBe('t');
    await store.saveSession(undefined);
    expect(await store.session()).toBeUndefined();
    expect(await store.agent()).toBe(await store.agent());
  });
});
