// What is written in the very moment in which its page is closed: it is sent all the same, and once.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient, type Client } from '../../src/app/client';
import type { EnginePort } from '../../src/app/engine_port';
import { wordsInBrowser } from '../../src/app/words';
import type { Event } from '../../src/engine/contract';
import { Engine } from '../../src/engine/engine';
import { MemoryStore, type MemoryAccount } from '../../src/engine/store/memory';
import { attr, child, parse, text } from '../../src/engine/xmpp/xml';
import { initialSettings } from '../../src/model/initial';
import { seeded, SimulatedServer, TOKEN } from './simulated_server';
import { own, peer } from './visit';

let server: SimulatedServer;
let store: MemoryStore;
let page: Page;

interface Page {
  client: Client;
  engine: Engine;
  /** From now on the engine hears nothing of the page, or the page nothing of the engine. */
  deaf: 'engine' | 'page' | null;
}
function storage(): Record<string, string> {
  const kept: Record<string, string> = {};
  const method = (value: unknown): PropertyDescriptor => ({ value, enumerable: false });
  return Object.defineProperties(kept, {
    getItem: method((key: string) => kept[key] ?? null), setItem: method((key: string, value: string) => { kept[key] = value; }),
    removeItem: method((key: string) => delete kept[key]),
  });
}
async function visit(): Promise<void> {
  const engine = new Engine({ store, open: server.open, url: 'ws://simulated', defaultDomain: 'localhost', device: 'Test', now: Date.now, random: Math.random });
  let hear: (event: Event) => void = () => undefined;
  const tell = (event: Event): void => { if (made.deaf !== 'page') hear(event); };
  const port: EnginePort = {
    post: (message) => { if (message.kind === 'command' && made.deaf !== 'engine') void engine.handle(structuredClone(message.command), tell); },
    hear: (listener) => { hear = listener; },
  };
  const client = createClient(port, 'localhost', { read: () => initialSettings('en'), write: () => undefined }, { read: () => true, write: () => undefined }, wordsInBrowser);
  const made: Page = { client, engine, deaf: null };
  page = made;
  engine.attach(tell);
  await client.begin();
  await vi.waitFor(() => expect(client.state.line.state).toBe('online'));
}
beforeEach(async () => {
  vi.stubGlobal('localStorage', storage());
  server = new SimulatedServer(own, seeded(1));
  store = new MemoryStore();
  await store.saveSession({ jid: own, token: TOKEN, agent: 'a' });
  await visit();
});
afterEach(() => {
  page.engine.stop();
  vi.unstubAllGlobals();
});

const send = (id: string): Promise<unknown> => page.client.dispatch({ do: 'send', id, to: peer, text: id, at: Date.now() });
const react = (id: string, emoji: string): Promise<unknown> => page.client.dispatch({ do: 'react', id, to: peer, original: 'first', emojis: [emoji], at: Date.now() });
const logged = (): string[] => server.log.map((e) => parse(e.xml)).map((m) => text(child(m, 'body')) || attr(m, 'id')).filter((id) => !id.startsWith('of bob'));
const isLogged = (...all: string[]): Promise<void> => vi.waitFor(() => expect(logged()).toEqual(all));
/** The next page, with a session of its own. */
async function another(): Promise<void> {
  page.engine.stop();
  server.crash();
  await visit();
}

it('is sent by the next page where the engine never heard of it, in the order of writing', async () => {
  await send('first');
  await isLogged('first');
  page.deaf = 'engine';
  void send('lost');
  void react('mark', '👍');
  void send('lost too');
  await another();
  await isLogged('first', 'lost', 'mark', 'lost too');
  await page.client.dispatch({ do: 'page', conversation: peer, at: { newest: true }, limit: 50 });
  expect(page.client.state.windows[peer]!.messages.map((m) => m.text)).toEqual(['first', 'lost', 'lost too']);
  expect(wordsInBrowser.all()).toEqual([]);
});
it.each(['before anything of it was on the disk', 'after its place was found'])('is not sent again where it was sent, and the page closed %s', async (when) => {
  await send('first');
  await isLogged('first');
  const account = await store.account(own);
  await vi.waitFor(async () => expect(await account.outbox()).toEqual([]));
  const nothing = async (): Promise<void> => undefined;
  if (when.startsWith('before')) Object.assign(account, { putOutbox: nothing, putMessages: nothing, putMods: nothing, setMeta: nothing });
  page.deaf = 'page';
  void send('kept');
  void react('mark', '👍');
  await isLogged('first', 'kept', 'mark');
  if (!when.startsWith('before')) await vi.waitFor(async () => expect(await account.outbox()).toEqual([]));
  expect(wordsInBrowser.all().map((w) => w.command.id)).toEqual(['kept', 'mark']);
  page.engine.stop();
  for (const name of ['putOutbox', 'putMessages', 'putMods', 'setMeta'] as const) delete (account as Partial<MemoryAccount>)[name];
  // So much has come since that catching up does not reach it.
  for (let i = 0; i < 500; ++i) server.append(peer, `<message xmlns="jabber:client" from="${peer}/x" to="${own}" id="of bob ${i}"><body>of bob ${i}</body></message>`);
  await another();
  await send('last');
  await isLogged('first', 'kept', 'mark', 'last');
});
it('is nowhere beside the engine when that has it', async () => {
  const done = send('first');
  expect(wordsInBrowser.all().map((w) => w.command.id)).toEqual(['first']);
  await done;
  expect(wordsInBrowser.all()).toEqual([]);
});
it('is not sent in the name of another, and goes when its writer signs out', async () => {
  page.deaf = 'engine';
  void send('lost');
  const [words] = wordsInBrowser.all();
  wordsInBrowser.add({ own: 'carol@localhost', command: { ...words!.command, id: 'of carol' } });
  page.deaf = null;
  await send('first');
  await isLogged('first');
  await another();
  await isLogged('first', 'lost');
  expect(wordsInBrowser.all().map((w) => w.own)).toEqual(['carol@localhost']);
  page.deaf = 'engine';
  void send('never');
  page.deaf = null;
  await page.client.dispatch({ do: 'sign-out' });
  expect(wordsInBrowser.all().map((w) => w.own)).toEqual(['carol@localhost']);
});
