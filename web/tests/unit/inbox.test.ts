// Who wrote while one was away is found however much others wrote since: the server is asked with whom there are conversations.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../../src/engine/store/memory';
import { NS } from '../../src/engine/xmpp/ns';
import type { OpenSocket } from '../../src/engine/xmpp/socket';
import { attr, child, text } from '../../src/engine/xmpp/xml';
import { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { own, peer, simulated, visit } from './visit';

let server: SimulatedServer;
let alice: User;
beforeEach(() => {
  server = simulated();
  server.features = [NS.inbox];
});
afterEach(() => alice.engine.stop());

const SOON_MS = 10_000;
const write = (who: string, words: string): void => {
  server.append(who, `<message xmlns="jabber:client" from="${who}/x" to="${own}" type="chat" id="${who}-${words}"><body>${words}</body></message>`);
};
const writeMany = (count: number, who = peer): void => {
  for (let i = 0; i < count; ++i) write(who, `t${i}`);
};
const stranger = (n: number): string => `stranger${n}@localhost`;
const summary = (who: string): string => {
  const found = alice.state.conversations[who];
  return found ? `${found.last?.text} ${found.unread}` : '';
};
/** A visit that saw all there was. */
async function wasHere(): Promise<MemoryStore> {
  const store = new MemoryStore();
  write(peer, 'before');
  alice = await visit(server, store);
  await alice.until(() => summary(peer) === 'before 1', 'the past');
  alice.engine.stop();
  server.crash();
  return store;
}
const asked = (): number => server.said.filter((e) => child(e, 'inbox', NS.inbox)).length;

it.each([['on a device that was here before', true], ['on one that knows nothing', false]])('a stranger is found behind all that others wrote, %s', async (_, before) => {
  const store = before ? await wasHere() : new MemoryStore();
  write(stranger(1), 'hello');
  write(stranger(1), 'anybody here?');
  writeMany(500);
  alice = await visit(server, store);
  await alice.until(() => summary(stranger(1)) === 'anybody here? 2', 'the stranger', SOON_MS);
  expect(asked()).toBe(1);
  expect(summary(peer)).toBe('t499 100');
  await alice.open(stranger(1));
  expect(alice.texts(stranger(1))).toEqual(['hello', 'anybody here?']);
});

it('what one wrote from another device to somebody new is found, too', async () => {
  const store = await wasHere();
  server.append(stranger(1), `<message xmlns="jabber:client" from="${own}/other" to="${stranger(1)}" type="chat" id="o"><body>from me</body></message>`);
  writeMany(500);
  alice = await visit(server, store);
  await alice.until(() => summary(stranger(1)) === 'from me 0', 'the conversation', SOON_MS);
});

it('all of many strangers are found, page by page', async () => {
  const store = await wasHere();
  server.inboxMax = 50;
  for (let n = 0; n < 230; ++n) write(stranger(n), `hello${n}`);
  writeMany(400);
  alice = await visit(server, store);
  for (let n = 0; n < 230; ++n) await alice.until(() => summary(stranger(n)) === `hello${n} 1`, stranger(n), SOON_MS);
});

it('the list is read no further than what was seen before', async () => {
  for (let n = 0; n < 30; ++n) write(stranger(n), 'old');
  const store = await wasHere();
  server.inboxMax = 5;
  write(stranger(100), 'new');
  writeMany(400);
  server.said.length = 0;
  alice = await visit(server, store);
  await alice.until(() => summary(stranger(100)) === 'new 1', 'the stranger', SOON_MS);
  expect(asked()).toBe(1);
});

it('who writes once more while the list is read is not passed by', async () => {
  const store = await wasHere();
  server.inboxMax = 5;
  for (let n = 0; n < 10; ++n) write(stranger(n), 'old news');
  writeMany(400);
  let pages = 0;
  // One of the second page goes to the top before that page is made; that it came is heard of later.
  server.beforeInbox = () => void (++pages === 2 && write(stranger(3), 'newer'));
  alice = await visit(server, store);
  await alice.until(() => summary(stranger(0)) === 'old news 1', 'the others', SOON_MS);
  const { entry, xml } = server.log.at(-1)!;
  server.inject(xml.replace('</message>', `<stanza-id xmlns="${NS.sid}" by="${own}" id="${entry}"/></message>`));
  await alice.until(() => summary(stranger(3)) === 'newer 2', 'the one who wrote meanwhile', SOON_MS);
});

it('a line that breaks while the list is read is a beginning anew, and nobody is lost', async () => {
  const store = await wasHere();
  server.inboxMax = 5;
  for (let n = 0; n < 12; ++n) write(stranger(n), `hello${n}`);
  writeMany(400);
  let pages = 0;
  server.beforeInbox = () => void (++pages === 2 && server.crash());
  alice = await visit(server, store);
  for (let n = 0; n < 12; ++n) await alice.until(() => summary(stranger(n)) === `hello${n} 1`, stranger(n), SOON_MS);
});

it('who was found before the browser was closed is looked for in the next visit', async () => {
  const store = await wasHere();
  for (let n = 0; n < 12; ++n) write(stranger(n), `hello${n}`);
  writeMany(400);
  alice = new User(own, { url: 'ws://simulated', store, open: server.open });
  await alice.do({ do: 'continue' });
  await alice.until(() => alice.events.find((e) => e.type === 'gap'), 'a gap');
  alice.engine.stop();
  expect(summary(stranger(0))).toBe('');
  server.crash();
  server.said.length = 0;
  alice = await visit(server, store);
  for (let n = 0; n < 12; ++n) await alice.until(() => summary(stranger(n)) === `hello${n} 1`, stranger(n), SOON_MS);
  expect(asked()).toBe(0);
});

it('whenever the browser is closed, nobody is lost', async () => {
  for (let after = 1, over = false; !over; ++after) {
    alice?.engine.stop();
    server = simulated();
    server.features = [NS.inbox];
    server.inboxMax = 2;
    const store = await wasHere();
    for (let n = 0; n < 3; ++n) write(stranger(n), `hello${n}`);
    writeMany(320);
    const all = (): boolean => [0, 1, 2].every((n) => summary(stranger(n)) === `hello${n} 1`);
    let sent = 0;
    await new Promise<void>((ended) => {
      const open: OpenSocket = (url, events) => {
        const socket = server.open(url, events);
        return { ...socket, send: (xml) => void (++sent < after ? socket.send(xml) : ended()) };
      };
      alice = new User(own, { url: 'ws://simulated', store, open });
      alice.engine.attach(() => all() && ended());
      void alice.do({ do: 'continue' });
    });
    over = sent < after;
    alice.engine.stop();
    server.crash();
    alice = await visit(server, store);
    await alice.until(all, `those who wrote, after ${after} stanzas`, SOON_MS);
    expect(summary(peer)).toBe('t319 100');
  }
});

it('where the server has the list, contacts with whom there is nothing are not asked for', async () => {
  server.friends = [peer, 'carol@localhost'];
  write(stranger(1), 'hello');
  writeMany(400);
  alice = await visit(server);
  await alice.until(() => summary(stranger(1)) === 'hello 1', 'the news', SOON_MS);
  const withs = server.said.map((e) => text(child(child(child(e, 'query', NS.mam), 'x')?.getChildren('field').find((f) => attr(f, 'var') === 'with'), 'value')));
  expect(withs).toContain(stranger(1));
  expect(withs).not.toContain('carol@localhost');
});

it('a server without the list is not asked for it, and contacts are found as ever', async () => {
  server.features = [];
  server.friends = [peer, 'carol@localhost'];
  write('carol@localhost', 'hello');
  write(stranger(1), 'hello');
  writeMany(400);
  alice = await visit(server);
  await alice.until(() => summary('carol@localhost') === 'hello 1', 'the contact', SOON_MS);
  expect(asked()).toBe(0);
  expect(summary(stranger(1))).toBe('');
});

it('a server that refuses the list is one without it', async () => {
  server.refuses = NS.inbox;
  server.friends = [peer, 'carol@localhost'];
  write('carol@localhost', 'hello');
  writeMany(400);
  alice = await visit(server);
  await alice.until(() => summary('carol@localhost') === 'hello 1', 'the contact', SOON_MS);
  expect(asked()).toBe(1);
});

it('a list without end is read to a bound; contacts are found however far back they are', async () => {
  server.friends = [peer, 'carol@localhost'];
  server.inboxMax = 1;
  write('carol@localhost', 'hello');
  for (let n = 0; n < 60; ++n) write(stranger(n), 'hello');
  writeMany(400);
  alice = await visit(server);
  await alice.until(() => summary('carol@localhost') === 'hello 1' && summary(stranger(59)) === 'hello 1', 'the contact', SOON_MS);
  expect(asked()).toBe(40);
  expect(summary(stranger(0))).toBe('');
});

it('what comes of an earlier request, which was given up, does not end the list early', async () => {
  server.inboxMax = 2;
  for (let n = 0; n < 9; ++n) write(stranger(n), 'hello');
  writeMany(400);
  server.beforeInbox = () => {
    for (const n of [0, 1, 2, 3]) server.inject(`<message xmlns="jabber:client" from="${own}"><entry xmlns="${NS.inbox}" unread="1" jid="${stranger(n)}" id="${1_000_000 + n}"/></message>`);
  };
  alice = await visit(server);
  for (let n = 0; n < 9; ++n) await alice.until(() => summary(stranger(n)) === 'hello 1', stranger(n), SOON_MS);
  expect(asked()).toBeGreaterThan(4);
});

it('a list whose entries are named otherwise than ours is none', async () => {
  server.friends = [peer, 'carol@localhost'];
  write('carol@localhost', 'hello');
  writeMany(400);
  server.entryName = (entry) => `uuid-${entry}`;
  alice = await visit(server);
  await alice.until(() => summary('carol@localhost') === 'hello 1', 'the contact', SOON_MS);
  expect(asked()).toBe(1);
});

it('nobody else adds to the list', async () => {
  write(stranger(1), 'hello');
  writeMany(400);
  server.beforeInbox = () => server.inject(`<message xmlns="jabber:client" from="mallory@localhost/x" to="${own}"><entry xmlns="${NS.inbox}" unread="1" jid="forged@localhost" id="99999999"/></message>`);
  alice = await visit(server);
  await alice.until(() => summary(stranger(1)) === 'hello 1', 'the stranger', SOON_MS);
  expect(server.said.join('')).not.toContain('forged@localhost');
});
