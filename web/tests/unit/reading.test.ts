// That something was read is told to whoever wrote it, once, whatever comes in between.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Account } from '../../src/engine/account/account';
import type { Item } from '../../src/model/item';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, children, parse } from '../../src/engine/xmpp/xml';
import type { User } from '../engine/user';
import type { SimulatedServer } from './simulated_server';
import { peer, simulated, visit } from './visit';

const markable = `<markable xmlns="${NS.markers}"/>`;
let server: SimulatedServer;
let alice: User;

beforeEach(async () => {
  server = simulated();
  alice = await visit(server);
});
afterEach(() => alice.engine.stop());

async function arrives(id: string): Promise<{ entry: string; id: string }> {
  server.arrive(peer, id, id, markable);
  const found = await alice.until(() => alice.messages(peer).find((m) => m.text === id), id);
  return { entry: found.entry!, id: found.id };
}
const read = ({ entry, id }: { entry: string; id: string }): Promise<unknown> => alice.do({ do: 'read', conversation: peer, through: entry, id });
/** The markers in the log. */
const told = (): string[] => server.log.map((e) => attr(child(parse(e.xml), 'displayed', NS.markers), 'id')).filter(Boolean);

it('what was read is told though one has written since it came', async () => {
  const last = await arrives('the last');
  await alice.send(peer, 'at the same time');
  await alice.until(() => alice.messages(peer).find((m) => m.mine && m.entry), 'its place');
  await alice.until((s) => s.conversations[peer]?.readUpTo! > last.entry, 'the position moved by writing');
  expect(alice.state.conversations[peer]!.toldUpTo ?? '').toBe('');
  await read(last);
  await read(last);
  await arrives('end');
  expect(told()).toEqual(['the last']);
  expect(alice.state.conversations[peer]!.toldUpTo).toBe(last.entry);
});

async function crash(): Promise<void> {
  server.crash();
  await alice.until((s) => s.line.state === 'waiting', 'the line down');
}
/** What waits is sent when the past is settled, after all that was owed. */
async function back(): Promise<void> {
  await alice.do({ do: 'reconnect-now' });
  await alice.online();
  const id = `back ${Math.random()}`;
  await alice.send(peer, id, { id });
  await alice.until(() => alice.messages(peer).find((m) => m.id === id && m.entry), 'its place');
}

it('a marker that is lost with the session is said again in the next one, and no more once it is in the archive', async () => {
  const first = await arrives('first');
  const reading = read(first);
  server.crash();
  await reading;
  await back();
  expect(told()).toEqual(['first']);
  await crash();
  await back();
  expect(told()).toEqual(['first']);
});

it('what is read while the line is down is told when it is back', async () => {
  const first = await arrives('first');
  await crash();
  await read(first);
  await back();
  expect(told()).toEqual(['first']);
});

it('a page shows what is known when it comes, whenever a marker comes in between', async () => {
  const { account } = alice.engine as unknown as { account: Account };
  for (let steps = 0; steps < 60; ++steps) {
    const id = `m${steps}`;
    await alice.send(peer, id, { id });
    await alice.until(() => alice.messages(peer).find((m) => m.id === id && m.entry), 'its place');
    const page = alice.open(peer);
    for (let i = 0; i < steps; ++i) await Promise.resolve();
    const marker: Item = { kind: 'displayed', conversation: peer, entry: '', at: 0, from: peer, mine: false, wire: '', target: id };
    await Promise.all([account.history.ingest([marker], { live: true }), page]);
    expect(alice.messages(peer).find((m) => m.id === id)?.delivery, `after ${steps} steps`).toBe('read');
  }
});

it('the marker says nothing of one’s own archive, and names what own devices can find', async () => {
  await read(await arrives('the last'));
  await arrives('end');
  const marker = server.said.find((e) => child(e, 'displayed', NS.markers))!;
  expect(children(marker).map((c) => c.getNS())).toEqual([NS.markers, NS.hints]);
  // Two messages of one id: own devices are told which one.
  server.arrive(peer, 'twice', 'one', markable);
  server.arrive(peer, 'twice', 'other', markable);
  const other = await alice.until(() => alice.messages(peer).find((m) => m.text === 'other'), 'the other');
  await read({ entry: other.entry!, id: other.id });
  await arrives('end 2');
  const own = server.said.filter((e) => child(e, 'read', NS.web));
  expect(own.map((e) => attr(child(e, 'read', NS.web), 'entry'))).toEqual([other.entry]);
});
