// Somebody who is signed in at a simulated server, with a conversation open.
import { MemoryStore } from '../../src/engine/store/memory';
import type { Store } from '../../src/engine/store/store';
import { User } from '../engine/user';
import { seeded, SimulatedServer, TOKEN } from './simulated_server';

export const own = 'alice@localhost';
export const peer = 'bob@localhost';

export const simulated = (): SimulatedServer => {
  const server = new SimulatedServer(own, seeded(1));
  server.friends = [peer];
  return server;
};

/** `peer` is a contact where the server says so; what is kept of an earlier visit is in `store`. */
export async function visit(server: SimulatedServer, store: Store = new MemoryStore()): Promise<User> {
  await store.saveSession({ jid: own, token: TOKEN, agent: 'a' });
  const user = new User(own, { url: 'ws://simulated', store, open: server.open });
  await user.do({ do: 'continue' });
  await user.online();
  for (const jid of server.friends) await user.until((s) => s.contacts[jid], 'the friend');
  await user.open(peer);
  return user;
}
