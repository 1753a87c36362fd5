// The property: whatever the line and the server do, every message written is in the log exactly once and in order, and the
// page shows exactly what is in the log.
import { expect, it } from 'vitest';
import { parse, child, text } from '../../src/engine/xmpp/xml';
import { MemoryStore } from '../../src/engine/store/memory';
import { User } from '../engine/user';
import { seeded, SimulatedServer, TOKEN } from './simulated_server';

const ROUNDS = Number(process.env.ROUNDS ?? 60);
const MESSAGES = 25;
const own = 'alice@localhost';
const peer = 'bob@localhost';

async function round(seed: number): Promise<void> {
  const random = seeded(seed);
  const server = new SimulatedServer(own, random);
  const store = new MemoryStore();
  await store.saveSession({ jid: own, token: TOKEN, agent: 'a' });
  const begin = async (): Promise<User> => {
    const user = new User(own, { url: 'ws://simulated', store, open: server.open });
    await user.do({ do: 'continue' });
    return user;
  };
  let alice = await begin();
  server.chaos = 1;
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, random() * 4));
  for (let i = 0; i < MESSAGES; ++i) {
    if (alice.state.line.state === 'waiting') await alice.do({ do: 'reconnect-now' });
    await alice.send(peer, `n${i}`, { id: `n${i}-${seed}` });
    if (random() < 0.5) server.arrive(peer, `t${i}-${seed}`, `t${i}`);
    if (random() < 0.3) await pause();
    if (random() < 0.05) server.crash();
    if (random() < 0.03) {
      alice.engine.stop(); // the browser is closed, and opened again
      alice = await begin();
    }
  }
  server.chaos = 0;
  const sent = [...Array(MESSAGES).keys()].map((i) => `n${i}`);
  const logged = (): string[] => server.log.map((e) => text(child(parse(e.xml), 'body')));
  for (let tries = 0; ; ++tries) {
    if (alice.state.line.state !== 'online') await alice.do({ do: 'reconnect-now' });
    await pause();
    const done = logged().filter((t) => t.startsWith('n')).length >= MESSAGES && alice.state.line.state === 'online';
    if (done || tries > 2_000) break;
  }
  expect(logged().filter((t) => t.startsWith('n')), `seed ${seed}: the log`).toEqual(sent);
  await alice.open(peer, 200);
  await alice.until(() => alice.messages(peer).length === server.log.length && alice.messages(peer).every((m) => m.entry), `seed ${seed}: every place`);
  expect(alice.texts(peer), `seed ${seed}: the page`).toEqual(logged());
  alice.engine.stop();
}

it(`writes and shows each message once, in order, through ${ROUNDS} bad days`, async () => {
  for (let seed = 1; seed <= ROUNDS; ++seed) await round(seed);
}, 120_000);
