import { beforeEach, describe, expect, it } from 'vitest';
import { makeInvitation } from '../../src/engine/account/invite';
import { failureOf } from '../../src/engine/failure';
import { IqError } from '../../src/engine/xmpp/errors';
import { NS } from '../../src/engine/xmpp/ns';
import { register } from '../../src/engine/xmpp/register';
import type { OpenSocket } from '../../src/engine/xmpp/socket';
import { attr, parse, type Element } from '../../src/engine/xmpp/xml';
import { invitationLink, isSpent, readInvitation, spendToken } from '../../src/ui/sign/invitation';

const features = (...namespaces: string[]): string =>
  `<stream:features xmlns:stream='${NS.stream}'>${namespaces.map((ns) => `<register xmlns='${ns}'/>`).join('')}</stream:features>`;
const refusal = (condition: string): string => `<error type='cancel'><${condition} xmlns='${NS.stanzaErrors}'/></error>`;

describe('making an account with an invitation (XEP-0445)', () => {
  let sent: Element[];
  beforeEach(() => (sent = []));
  /** `answers`: what is in the answer to each request; an error, or nothing. */
  const server = (offers: string, ...answers: string[]): OpenSocket => (_, events) => {
    queueMicrotask(() => events.open());
    return {
      close: () => undefined,
      send: (text) => {
        const stanza = parse(text);
        if (stanza.is('open', NS.framing)) return queueMicrotask(() => events.text(offers));
        if (stanza.getName() !== 'iq') return;
        sent.push(stanza);
        const inside = answers.shift() ?? '';
        queueMicrotask(() => events.text(`<iq xmlns='${NS.client}' type='${inside ? 'error' : 'result'}' id='${attr(stanza, 'id')}'>${inside}</iq>`));
      },
    };
  };
  const attempt = (open: OpenSocket, token?: string): Promise<string> =>
    register(open, { url: 'ws://x', domain: 'x.example' }, 'ben', 'long enough', token)
      .then((invited) => (invited ? 'invited' : 'made'), (error: unknown) => failureOf(error).why);

  it('shows the token first', async () => {
    expect(await attempt(server(features(NS.ibrToken, NS.registerFeature)), 'TOKEN')).toBe('invited');
    expect(sent.map((iq) => iq.getChildElements()[0]!.getName())).toEqual(['preauth', 'query']);
    expect(sent[0]!.toString()).toContain('token="TOKEN"');
    expect(attr(sent[0], 'to')).toBe('x.example');
  });
  it('says that it is over, and asks for no account', async () => {
    expect(await attempt(server(features(NS.ibrToken), refusal('item-not-found')), 'TOKEN')).toBe('invitation-over');
    expect(sent.length).toBe(1);
  });
  it('says so as well where somebody was faster', async () => {
    expect(await attempt(server(features(NS.ibrToken), '', refusal('item-not-found')), 'TOKEN')).toBe('invitation-over');
  });
  it('goes without where the server knows no invitations', async () => {
    expect(await attempt(server(features(NS.registerFeature)), 'TOKEN')).toBe('made');
    expect(sent.map((iq) => iq.getChildElements()[0]!.getName())).toEqual(['query']);
    expect(await attempt(server(features()), 'TOKEN')).toBe('registration-closed');
  });
  it('shows none that it has not', async () => {
    expect(await attempt(server(features(NS.ibrToken, NS.registerFeature), refusal('service-unavailable')))).toBe('registration-closed');
    expect(sent.map((iq) => iq.getChildElements()[0]!.getName())).toEqual(['query']);
  });
});

describe('having one made (XEP-0401)', () => {
  const link = (uri: string, expire = '2026-12-08T00:00:00Z') => ({
    iq: async () => parse(`<iq><command xmlns='${NS.commands}' status='completed'><x xmlns='${NS.data}' type='result'>
      <field var='uri'><value>${uri}</value></field><field var='expire'><value>${expire}</value></field></x></command></iq>`),
  });
  const expires = Date.UTC(2026, 11, 8);
  it('reads what the link is good for', async () => {
    expect(await makeInvitation(link('xmpp:ann@x?roster;preauth=T1;ibr=y'), 'x')).toEqual({ token: 'T1', account: true, expires });
    expect(await makeInvitation(link('xmpp:ann@x?roster;preauth=T1'), 'x')).toEqual({ token: 'T1', account: false, expires });
    expect(await makeInvitation(link('xmpp:x?register;preauth=T1', 'soon'), 'x')).toEqual({ token: 'T1', account: true, expires: undefined });
    expect(await makeInvitation(link('xmpp:ann@x'), 'x')).toBeNull();
  });
  it('does without where there is no such command, and tells what else went wrong', async () => {
    const failing = (condition: string) => ({ iq: () => Promise.reject(new IqError({ type: 'cancel', condition, text: '' })) });
    expect(await makeInvitation(failing('item-not-found'), 'x')).toBeNull();
    expect(await makeInvitation(failing('service-unavailable'), 'x')).toBeNull();
    await expect(makeInvitation(failing('resource-constraint'), 'x')).rejects.toThrow('resource-constraint');
    await expect(makeInvitation(failing('offline'), 'x')).rejects.toThrow('offline');
  });
});

describe('a link that invites', () => {
  const read = (link: string) => readInvitation(new URL(link));
  it('says who invites, if that is an address', () => {
    expect(read(invitationLink('https://x.example', '李+b@x.example'))).toEqual({ from: '李+b@x.example', name: '', domain: '', token: '', account: false });
    expect(read('https://x/?from=<script>')).toBeNull();
    expect(read('https://x/?x=1')).toBeNull();
  });
  it('keeps its token from servers', () => {
    const link = invitationLink('https://x.example', 'ann@x.example', { token: 'T1', account: true });
    expect(link).toBe('https://x.example/?from=ann%40x.example#/invite/T1');
    expect(read(link)).toEqual({ from: 'ann@x.example', name: '', domain: 'x.example', token: 'T1', account: true });
    expect(read(invitationLink('https://x', 'a@x', { token: 'T1', account: false }))?.account).toBe(false);
  });
  it('of the server has no person, and may have a name', () => {
    expect(read('https://x/?domain=y.example&name=ben#/invite/T1')).toEqual({ from: '', name: 'ben', domain: 'y.example', token: 'T1', account: true });
    expect(read('https://x/?domain=<y>&name=<b>#/invite/T1')).toEqual({ from: '', name: '', domain: '', token: 'T1', account: true });
  });
  it('with what is no token is none', () => {
    for (const bad of ['#/invite/', '#/invite/a/b', '#/invite/<b>', `#/invite/${'a'.repeat(201)}`, '#/chat/ann@x']) expect(read(`https://x/${bad}`)).toBeNull();
  });
  it('is spent by the account that is made with it', () => {
    spendToken('T1');
    expect([isSpent('T1'), isSpent('T2'), isSpent('')]).toEqual([true, false, false]);
    spendToken('');
    expect([isSpent('T1'), isSpent('')]).toEqual([false, false]);
  });
});
