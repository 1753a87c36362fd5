// One account on several devices and in several tabs: the same conversations, unread counts and read positions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomId } from '../../src/engine/xmpp/bytes';
import { Server } from './server';
import { befriend, User } from './user';

describe('one account, two devices', () => {
  let server: Server;
  let phone: User;
  let desk: User;
  let bob: User;
  beforeAll(async () => {
    server = await new Server().start();
    phone = await new User('alice@localhost', { url: server.url }).signUp();
    bob = await new User('bob@localhost', { url: server.url }).signUp();
    await befriend(phone, bob);
    desk = await new User('alice@localhost', { url: server.url }).signIn();
    await desk.until((s) => s.contacts[bob.address]?.show === 'online', 'bob');
  });
  afterAll(async () => {
    for (const user of [phone, desk, bob]) user.engine.stop();
    await server.remove();
  });
  const unread = (user: User): number | undefined => user.state.conversations[bob.address]?.unread;

  it('show what one of them sends', async () => {
    await desk.open(bob.address);
    await phone.open(bob.address);
    await phone.send(bob.address, 'from the phone');
    await desk.until(() => desk.messages(bob.address).some((m) => m.text === 'from the phone' && m.mine && m.delivery === 'delivered'), 'the copy');
  });

  it('count unread messages alike, and a read position holds on both', async () => {
    for (let i = 0; i < 3; ++i) await bob.send('alice@localhost', `for alice ${i}`);
    await phone.until(() => unread(phone) === 3, 'three unread');
    await desk.until(() => unread(desk) === 3, 'three unread');
    const second = phone.messages(bob.address).find((m) => m.text === 'for alice 1')!;
    await phone.do({ do: 'read', conversation: bob.address, through: second.entry!, id: second.id });
    await desk.until(() => unread(desk) === 1, 'one unread');
    expect(unread(phone)).toBe(1);
  });

  it('keep it also where the peer is not to know', async () => {
    await phone.do({ do: 'settings', patch: { sendRead: false } });
    await desk.until((s) => s.settings.sendRead === false, 'the setting');
    const third = phone.messages(bob.address).find((m) => m.text === 'for alice 2')!;
    await phone.do({ do: 'read', conversation: bob.address, through: third.entry!, id: third.id });
    await desk.until(() => unread(desk) === 0, 'none unread');
    await phone.do({ do: 'settings', patch: { sendRead: true } });
  });

  it('a new device knows what has been read', async () => {
    await bob.send('alice@localhost', 'one more');
    await phone.until(() => unread(phone) === 1, 'one unread');
    const fresh = await new User('alice@localhost', { url: server.url }).signIn();
    await fresh.until(() => fresh.state.conversations[bob.address]?.last?.text === 'one more', 'the conversation');
    await fresh.until(() => unread(fresh) === 1, 'one unread');
    fresh.engine.stop();
  });

  it('pins and mutes follow', async () => {
    await phone.do({ do: 'pin', conversation: bob.address, on: true });
    await phone.do({ do: 'mute', conversation: bob.address, on: true });
    await desk.until((s) => s.conversations[bob.address]?.pinned && s.conversations[bob.address]?.muted, 'the pin');
  });

  it('two tabs of one browser are one session', async () => {
    const tab = desk.page();
    expect(tab.state.self?.jid).toBe('alice@localhost');
    expect(tab.state.conversations[bob.address]?.pinned).toBe(true);
    await tab.open(bob.address);
    const id = randomId();
    await desk.send(bob.address, 'from one tab', { id });
    await tab.until(() => tab.messages(bob.address).find((m) => m.id === id), 'it in the other');
    await tab.do({ do: 'draft', conversation: bob.address, text: 'half a sen' });
    await desk.until((s) => s.conversations[bob.address]?.draft === 'half a sen', 'the draft');
    tab.leave();
  });

  it('blocking holds on both', async () => {
    await phone.do({ do: 'block', jid: bob.address });
    await desk.until((s) => s.blocked.includes(bob.address) && s.contacts[bob.address]?.blocked, 'the block');
    await desk.do({ do: 'unblock', jid: bob.address });
    await phone.until((s) => !s.blocked.includes(bob.address), 'the unblock');
  });

  it('a request that one answers is answered on both', async () => {
    const asks = async (name: string): Promise<User> => {
      const asker = await new User(`${name}@localhost`, { url: server.url }).signUp();
      await asker.do({ do: 'add-contact', jid: 'alice@localhost', greeting: 'hello', remark: '', groups: [] });
      for (const device of [phone, desk]) await device.until((s) => s.requests.find((r) => r.jid === asker.address), `the request of ${name}`);
      return asker;
    };
    const gone = (jid: string) => desk.until((s) => !s.requests.some((r) => r.jid === jid), `the end of the request of ${jid}`);
    const carol = await asks('carol');
    await phone.do({ do: 'answer-request', jid: carol.address, accept: true });
    await gone(carol.address);
    const dave = await asks('dave');
    await phone.do({ do: 'answer-request', jid: dave.address, accept: false });
    await gone(dave.address);
    const erin = await asks('erin');
    await phone.do({ do: 'block', jid: erin.address });
    await gone(erin.address);
    expect(phone.state.requests).toEqual([]);
    for (const asker of [carol, dave, erin]) asker.engine.stop();
  });

  it('the list of devices is not offered by a server without one, or shows both', async () => {
    const asked = await desk.do({ do: 'devices' }).catch((e: { why: string }) => e.why);
    if (asked === 'not-offered') return;
    expect((asked as { current: boolean }[]).filter((d) => d.current)).toHaveLength(1);
    expect(asked as unknown[]).toHaveLength(3);
  });

  it('a profile and its picture reach the contact', async () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    await phone.do({ do: 'set-profile', profile: { nickname: 'Alice L.', signature: 'hi', avatar: `data:image/png;base64,${png}` } });
    await bob.until((s) => s.contacts['alice@localhost']?.profile.avatar.endsWith(png) && s.contacts['alice@localhost']?.profile.nickname === 'Alice L.', 'the picture');
    await desk.until((s) => s.self?.nickname === 'Alice L.' && s.self.avatar.endsWith(png), 'the own picture');
  });
});
