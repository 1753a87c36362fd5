// Files that others share (XEP-0447, XEP-0066): with and without words, one or several.
import { describe, expect, it } from 'vitest';
import { itemOf, stanzaOf } from '../../src/engine/account/compose';
import { parseMessage } from '../../src/engine/account/parse';
import { NS } from '../../src/engine/xmpp/ns';
import { parse } from '../../src/engine/xmpp/xml';
import type { MessageItem } from '../../src/model/item';
import type { OutboxRecord } from '../../src/engine/store/store';

const own = 'alice@localhost';
const url = 'https://files.example/summit.jpg';
const sharing = (target = url, disposition = 'inline'): string =>
  `<file-sharing xmlns="${NS.sfs}" disposition="${disposition}"><file xmlns="${NS.fileMetadata}"><media-type>image/jpeg</media-type><name>summit.jpg</name>`
  + `<size>3032449</size><width>4096</width><height>2160</height><desc>Photo from the summit.</desc></file>`
  + `<sources><url-data xmlns="${NS.urlData}" target="${target}"/></sources></file-sharing>`;
const fallback = (ns: string, range = ''): string => `<fallback xmlns="${NS.fallback}" for="${ns}">${range}</fallback>`;
const read = (inner: string): MessageItem | null =>
  parseMessage(parse(`<message xmlns="jabber:client" from="bob@x/1" to="${own}" type="chat" id="m">${inner}</message>`), { own, now: 5 }) as MessageItem | null;
const summit = { url, name: 'summit.jpg', bytes: 3032449, mediaType: 'image/jpeg', width: 4096, height: 2160, description: 'Photo from the summit.' };

describe('a shared file (XEP-0447 §3.1)', () => {
  it('comes with all that is said of it', () => expect(read(`<body>${url}</body>${sharing()}${fallback(NS.sfs, '<body/>')}`)).toMatchObject({ text: '', file: summit }));
  it('needs no body', () => expect(read(sharing())).toMatchObject({ kind: 'message', text: '', file: summit }));
  it('without a body is one out of band too (XEP-0066)', () => {
    expect(read(`<x xmlns="${NS.oob}"><url>${url}</url><desc>words</desc></x>`)).toMatchObject({ text: '', file: { url, name: 'summit.jpg', mediaType: 'image/jpeg', description: 'words' } });
  });
  it('keeps the words beside it', () => expect(read(`<body>Great!</body>${sharing()}`)).toMatchObject({ text: 'Great!', file: summit }));
  it('keeps the words around its fallback (§4.1)', () => {
    const words = 'Great! 😀\n';
    const start = Array.from(words).length;
    expect(read(`<body>${words}${url}</body>${sharing()}${fallback(NS.sfs, `<body start="${start}" end="${start + url.length}"/>`)}`)).toMatchObject({ text: words.trim(), file: summit });
  });
  it('is offered and not shown where the sender wants that (§3.2)', () => {
    expect(read(sharing(url, 'attachment'))!.file).toMatchObject({ attachment: true });
    expect(read(sharing())!.file!.attachment).toBeUndefined();
  });
  it('may be one of several', () => {
    const item = read(sharing() + sharing('https://files.example/second.jpg') + sharing('javascript:alert(1)'))!;
    expect([item.file!, ...item.moreFiles!].map((f) => f.url)).toEqual([url, 'https://files.example/second.jpg']);
  });
  it.each(['', `<x xmlns="${NS.oob}"><url>javascript:alert(1)</url></x>`, sharing('file:///etc/passwd')])('of no address is no message: %s', (inner) => expect(read(inner)).toBeNull());
  it('marks of another extension cut nothing', () => expect(read(`<body>hello</body>${fallback(NS.sfs, '<body/>')}`)!.text).toBe('hello'));
});

describe('a file passed on', () => {
  const record = (text: string): OutboxRecord => ({ id: 'f', seq: 1, after: '', at: 5, command: { do: 'send', id: 'f', to: 'bob@x', text, file: summit, at: 5 } });
  it.each(['', 'Great! 😀', '> a & b'])('arrives as it came, with the words %j', (text) => {
    const stanza = stanzaOf(record(text), { askReceipts: true });
    stanza.attrs.from = `${own}/web`;
    const arrived = parseMessage(parse(stanza.toString()), { own: 'bob@x', now: 5 });
    expect(arrived).toMatchObject({ kind: 'message', text, file: summit });
    expect(itemOf(record(text), own)).toMatchObject({ text, file: summit });
    expect(stanza.getChild('x', NS.oob)!.getChildText('url')).toBe(url);
    if (!text) expect(stanza.getChildText('body')).toBe(url);
  });
});
