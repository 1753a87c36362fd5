// The archive loses its past: put back from a backup, erased when all was delivered, deleted and made again. What the browser
// knows of it is not there any more, and nothing stops because of that.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { child, parse, text } from '../../src/engine/xmpp/xml';
import { User } from '../engine/user';
import { seeded, SimulatedServer, TOKEN } from './simulated_server';

const own = 'alice@localhost';
const peer = 'bob@localhost';
let server: SimulatedServer;
let store: MemoryStore;
let alice: User;

async function begin(): Promise<void> {
  alice = new User(own, { url: 'ws://simulated', store, open: server.open });
  await alice.do({ do: 'continue' });
  await alice.online();
}
beforeEach(async () => {
  server = new SimulatedServer(own, seeded(1));
  store = new MemoryStore();
  await store.saveSession({ jid: own, token: TOKEN, agent: 'a' });
});
afterEach(() => alice.engine.stop());

const logged = (): string[] => server.log.map((e) => text(child(parse(e.xml), 'body')));
const arrive = (n: number, from = 0): void => { for (let i = from; i < from + n; ++i) server.arrive(peer, `t${i}`, `t${i}`); };
async function written(words: string): Promise<void> {
  await alice.send(peer, words, { id: words });
  await alice.until(() => alice.messages(peer).find((m) => m.id === words && m.entry), `the place of "${words}"`);
}

it('what is written is sent, though the newest entry of the last visit is gone', async () => {
  arrive(3);
  await begin();
  await alice.open(peer);
  await alice.until(() => alice.texts(peer).length === 3, 'the past');
  alice.engine.stop();
  server.crash();
  server.forget();
  server.arrive(peer, 'new', 'new');
  await begin();
  await alice.open(peer);
  await written('after');
  expect(logged()).toEqual(['new', 'after']);
  expect(alice.texts(peer).slice(-2)).toEqual(['new', 'after']);
});

it('what may have been sent is looked for by its time, and sent once', async () => {
  arrive(3);
  await begin();
  await alice.open(peer);
  await written('before');
  server.crash();
  await alice.send(peer, 'in doubt', { id: 'in doubt' });
  alice.engine.stop();
  server.forget();
  await begin();
  await alice.open(peer);
  await written('last');
  expect(logged()).toEqual(['in doubt', 'last']);
});

it('places go on being found when the archive is erased in the middle of a session', async () => {
  arrive(3);
  await begin();
  await alice.open(peer);
  await written('first');
  server.forget();
  await written('second');
  await written('third');
  expect(logged()).toEqual(['second', 'third']);
});

it('one scrolls on where the entry one was at has gone', async () => {
  arrive(450);
  await begin();
  await alice.open(peer, 50);
  const oldest = (): string => alice.messages(peer)[0]!.entry!;
  for (let n = 0; n < 10 && alice.messages(peer).length < 300; ++n) await alice.do({ do: 'page', conversation: peer, at: { before: oldest() }, limit: 50 });
  const at = Number(oldest());
  server.forget((entry) => entry <= at && entry > at - 100);
  for (let n = 0; n < 10 && !alice.state.windows[peer]!.atStart; ++n) await alice.do({ do: 'page', conversation: peer, at: { before: oldest() }, limit: 50 });
  expect(alice.texts(peer)[0]).toBe('t0');
});
