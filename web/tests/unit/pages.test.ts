// Several pages at one engine: which one calls for attention, and whether anybody looks.
import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from '../../src/engine/contract';
import { Pages } from '../../src/engine/pages';
import { MemoryStore } from '../../src/engine/store/memory';
import { NS } from '../../src/engine/xmpp/ns';
import type { Message } from '../../src/model/types';
import { User } from '../engine/user';
import { seeded, SimulatedServer, TOKEN } from './simulated_server';

const peer = 'bob@localhost';
const message = { id: '~1', entry: '1', conversation: peer, from: peer, mine: false, at: 0, text: 'hello', kind: 'text', delivery: 'sent', reactions: {} } as Message;

function pages(...looks: ([visible: boolean, focused: boolean, conversation: string | null] | 'not said')[]) {
  const all = new Pages();
  const heard: string[] = [];
  looks.forEach((look, i) => {
    const port = (event: Event): void => {
      if (event.type === 'news') heard.push(`page ${i}${event.away ? ', away' : ''}`);
      if (event.type === 'request' || event.type === 'request-news') heard.push(`page ${i} ${event.type}`);
      if (event.type === 'nudged') heard.push(`page ${i} nudged`);
    };
    all.add(port, false);
    if (look !== 'not said') all.look(port, { visible: look[0], focused: look[1], conversation: look[2] });
  });
  return { all, heard };
}
const news = (all: Pages, patch: Partial<Message> = {}, live = true): void => all.tell({ type: 'message', message: { ...message, ...patch }, live });

describe('what has just come', () => {
  it('calls in one page alone: the one with the focus', () => {
    const { all, heard } = pages([true, false, peer], [true, true, 'cid@localhost'], [false, false, null]);
    news(all);
    expect(heard).toEqual(['page 1']);
  });
  it('calls nowhere while its conversation is looked at', () => {
    const { all, heard } = pages([true, false, null], [true, true, peer], [true, false, peer]);
    news(all);
    expect(heard).toEqual([]);
  });
  it('calls in a page that is seen, else in the one looked at last, where none has the focus', () => {
    const seen = pages([false, false, null], [true, false, peer], [false, false, null]);
    news(seen.all);
    expect(seen.heard).toEqual(['page 1, away']);
    const all = new Pages();
    const heard: number[] = [];
    const ports = [0, 1, 2].map((i) => (event: Event): void => { if (event.type === 'news') heard.push(i); });
    for (const port of ports) all.add(port, false);
    all.look(ports[1]!, { visible: true, focused: true, conversation: null });
    all.look(ports[1]!, { visible: false, focused: false, conversation: null });
    news(all);
    expect(heard).toEqual([1]);
  });
  it('is a contact request too: every page shows it, one calls', () => {
    const { all, heard } = pages([true, false, null], [true, true, null]);
    all.tell({ type: 'request', request: { jid: peer, greeting: '', nickname: '', at: 0 } });
    expect(heard).toEqual(['page 0 request', 'page 1 request', 'page 1 request-news']);
  });
  it('is not what one wrote oneself, and not the past', () => {
    const { all, heard } = pages('not said');
    news(all, { mine: true });
    news(all, {}, false);
    expect(heard).toEqual([]);
    news(all);
    expect(heard).toEqual(['page 0, away']);
  });
  it('is a nudge in one page, also where one is looking', () => {
    const { all, heard } = pages([true, false, null], [true, true, peer]);
    all.tell({ type: 'nudged', conversation: peer, from: peer, at: 0 });
    expect(heard).toEqual(['page 1 nudged']);
  });
  it('finds no page that is gone', () => {
    const all = new Pages();
    const heard: string[] = [];
    const port = (event: Event): void => void heard.push(event.type);
    all.add(port, true);
    all.remove(port);
    all.look(port, { visible: true, focused: true, conversation: null });
    news(all);
    expect(heard).toEqual([]);
    expect(all.seen).toBe(false);
  });
});

describe('client state (XEP-0352)', () => {
  let alice: User | undefined;
  afterEach(() => alice?.engine.stop());

  it('is inactive from the start where every page was opened behind others, and follows what is seen', async () => {
    const server = new SimulatedServer('alice@localhost', seeded(1));
    const store = new MemoryStore();
    await store.saveSession({ jid: 'alice@localhost', token: TOKEN, agent: 'a' });
    alice = new User('alice@localhost', { url: 'ws://simulated', store, open: server.open, visible: false });
    await alice.do({ do: 'continue' });
    await alice.online();
    const said = async (): Promise<string[]> => {
      const id = `end${Math.random()}`;
      server.arrive(peer, id, id);
      await alice!.until((s) => s.conversations[peer]?.last?.text === id, 'the last message');
      return server.said.filter((e) => e.getNS() === NS.csi).map((e) => e.name);
    };
    expect(await said()).toEqual(['inactive']);
    await alice.do({ do: 'focus', visible: true, focused: false, conversation: null });
    const other = alice.page(false);
    await other.do({ do: 'focus', visible: false, focused: false, conversation: null });
    expect(await said()).toEqual(['inactive', 'active']);
    await alice.do({ do: 'focus', visible: false, focused: false, conversation: null });
    expect(await said()).toEqual(['inactive', 'active', 'inactive']);
    other.leave();
  });
});
