// What others send that claims to be more than it is (CASES 38, 39, 41, 42, 54).
import { describe, expect, it } from 'vitest';
import { fold } from '../../src/model/fold';
import { isMessage, type MessageItem, type ModItem } from '../../src/model/item';
import { Archive } from '../../src/engine/account/archive';
import { webUrl } from '../../src/engine/account/file';
import { readPicture } from '../../src/engine/account/image';
import { carbonOf, parseMessage } from '../../src/engine/account/parse';
import { Link } from '../../src/engine/xmpp/link';
import type { LoggedIn } from '../../src/engine/xmpp/login';
import { NS } from '../../src/engine/xmpp/ns';
import type { SocketEvents } from '../../src/engine/xmpp/socket';
import { Stream } from '../../src/engine/xmpp/stream';
import { attr, el, parse, type Element } from '../../src/engine/xmpp/xml';

const own = 'alice@localhost';
const peer = 'bob@localhost';
const item = (xml: string): ReturnType<typeof parseMessage> => parseMessage(parse(xml), { own, now: 5, entry: '7' });

/** A session whose server is the test. */
function session(): { link: Link; say: (xml: string) => void; sent: Element[]; heard: Element[] } {
  let events!: SocketEvents;
  const sent: Element[] = [];
  const heard: Element[] = [];
  const stream = new Stream((_, given) => ((events = given), { send: (t) => sent.push(parse(t)), close: () => undefined }), 'ws://x', 'localhost', [], 1000);
  const link = new Link({ stanza: (s) => heard.push(s), acked: () => undefined, down: () => undefined });
  events.open();
  link.attach({ stream, jid: `${own}/web`, resumed: null, sm: { id: 's', max: 1 }, features: el('features') } satisfies LoggedIn, () => undefined);
  return { link, say: (xml) => events.text(xml), sent, heard };
}

describe('Case 38: carbon copies', () => {
  const carbon = (from: string): Element =>
    parse(`<message from="${from}"><received xmlns="${NS.carbons}"><forwarded xmlns="${NS.forward}"><message from="eve@x/1" to="${own}" type="chat"><body>hi</body></message></forwarded></received></message>`);
  it('count from the own bare address', () => expect(carbonOf(carbon(own), own)).toMatchObject({ message: expect.anything() }));
  it.each(['eve@evil.example', `${own}/phone`, 'localhost', ''])('from %j are forged', (from) => expect(carbonOf(carbon(from), own)).toBe('forged'));
});

describe('Case 39: results of the archive', () => {
  it('count with our query and from our archive only', async () => {
    const { link, say, sent } = session();
    const archive = new Archive(link, own);
    const page = archive.page({ max: 1 });
    const query = sent.at(-1)!;
    const queryid = attr(query.getChild('query'), 'queryid');
    const result = (from: string, id: string): Element =>
      parse(`<message from="${from}"><result xmlns="${NS.mam}" queryid="${id}" id="9"><forwarded xmlns="${NS.forward}"><message from="${peer}"><body>x</body></message></forwarded></result></message>`);
    expect(archive.take(result('eve@evil.example', queryid))).toBe(true);
    expect(archive.take(result(own, 'another'))).toBe(true);
    expect(archive.take(result(own, queryid))).toBe(true);
    say(`<iq xmlns="jabber:client" type="result" id="${attr(query, 'id')}"><fin xmlns="${NS.mam}" complete="true"/></iq>`);
    expect((await page).messages).toHaveLength(1);
  });
  it('a stanza-id by somebody else is no place in our log', () => {
    const forged = parse(`<message from="${peer}/x" to="${own}" type="chat" id="1"><body>x</body><stanza-id xmlns="${NS.sid}" by="${peer}" id="999"/></message>`);
    expect(parseMessage(forged, { own, now: 5 })).toMatchObject({ entry: '' });
  });
});

describe('Case 41: answers', () => {
  it.each([[undefined, 'eve@evil.example/x'], [undefined, 'localhost'], [peer, own], [peer, `${peer}/x`]])('to a request to %s do not come from %s', async (to, from) => {
    const { link, say, sent } = session();
    const asked = link.iq('get', el('query', { xmlns: 'x' }), to);
    const id = attr(sent.at(-1), 'id');
    say(`<iq xmlns="jabber:client" type="result" id="${id}" from="${from}"><wrong/></iq>`);
    say(`<iq xmlns="jabber:client" type="result" id="${id}"${to ? ` from="${to}"` : ''}><right/></iq>`);
    expect((await asked).getChild('right')).toBeTruthy();
  });
});

describe('Case 42: who may change a message', () => {
  const message = item(`<message from="${peer}/x" to="${own}" type="chat" id="m"><body>first</body></message>`) as MessageItem;
  const mod = (from: string, inner: string): ModItem => item(`<message from="${from}/x" to="${from === own ? peer : own}" type="chat" id="c">${inner}</message>`) as ModItem;
  const edit = `<body>changed</body><replace xmlns="${NS.correct}" id="m"/>`;
  const retract = `<retract xmlns="${NS.retract}" id="m"/>`;
  it('its author does', () => {
    expect(fold(message, [mod(peer, edit)], { peerRead: '' }).text).toBe('changed');
    expect(fold(message, [mod(peer, retract)], { peerRead: '' })).toMatchObject({ text: '', withdrawn: 5 });
  });
  it('nobody else', () => {
    const folded = fold(message, [{ ...mod(own, edit), from: 'eve@x' }, { ...mod(own, retract), from: own }], { peerRead: '' });
    expect(folded).toMatchObject({ text: 'first', edited: undefined, withdrawn: undefined });
  });
  it('a receipt or marker counts from the other side only, an error too', () => {
    const mine = { ...message, mine: true, from: own, id: 'm', entry: '3' };
    const receipt = `<received xmlns="${NS.receipts}" id="m"/>`;
    expect(fold(mine, [mod(peer, receipt)], { peerRead: '' }).delivery).toBe('delivered');
    expect(fold(mine, [mod(own, receipt)], { peerRead: '' }).delivery).toBe('sent');
    expect(fold(mine, [], { peerRead: '3' }).delivery).toBe('read');
  });
  it('a message of theirs cannot take the id of one of ours', () => {
    expect(isMessage(message) && message.id).toBe('~m');
  });
});

describe('Case 54: what may be shown', () => {
  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'ftp://x/y', ' java\nscript:x', 'https://user:pw@x/', 'blob:https://x/y', ''])('%j is no address', (url) => expect(webUrl(url)).toBe(''));
  it('web addresses are', () => expect(webUrl('https://example.org/a b')).toBe('https://example.org/a%20b'));
  const b64 = (bytes: number[] | string): string => btoa(typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes));
  it.each([
    ['an SVG', b64('<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>')],
    ['a page', b64('<html><script>x</script>')],
    ['nothing', ''],
    ['no base64', '%%%'],
    ['too large', b64([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) + 'A'.repeat(100_000)],
  ])('%s is no picture', (_, given) => expect(readPicture(given)).toBeNull());
  it('a PNG is, whatever it calls itself', () => {
    expect(readPicture(b64([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]))?.type).toBe('image/png');
  });
  it('a file has a name without a path or tricks', () => {
    const shared = item(`<message from="${peer}/x" to="${own}" type="chat"><body>https://x.example/../a\u202Egnp.exe</body><x xmlns="${NS.oob}"><url>https://x.example/..%2F..%2Fa%E2%80%AEgnp.exe</url></x></message>`) as MessageItem;
    expect(shared.file?.name).toBe('agnp.exe');
  });
});
