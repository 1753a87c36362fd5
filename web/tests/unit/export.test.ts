// What one takes along: the page as one saw the conversations, the document as the server has it.
import { expect, it } from 'vitest';
import { exportAll } from '../../src/engine/account/export';
import { parse } from '../../src/engine/xmpp/xml';
import type { Profile } from '../../src/model/types';

const own = 'alice@localhost';
const peer = 'bob@localhost';
const said = (from: string, inside: string, id = ''): string => `<message xmlns='jabber:client' type='chat' from='${from}/x' to='${from === own ? peer : own}' id='${id}'>${inside}</message>`;

it('an export shows corrections, withdrawals and reactions, and holds pins, mutes, settings and read positions', async () => {
  const log = [
    said(own, '<body>at nine</body>', 'a'),
    said(peer, '<body>a slip</body>', 'b'),
    said(own, "<body>at ten</body><replace xmlns='urn:xmpp:message-correct:0' id='a'/>", 'c'),
    said(peer, "<retract xmlns='urn:xmpp:message-retract:1' id='b'/>", 'd'),
    said(peer, "<reactions xmlns='urn:xmpp:reactions:0' id='a'><reaction>👍</reaction></reactions>", 'e'),
    // Not his to change.
    said(peer, "<body>never</body><replace xmlns='urn:xmpp:message-correct:0' id='a'/>", 'f'),
  ];
  const files: Record<string, string> = {};
  await exportAll({
    own, self: { jid: own, nickname: 'Alice' } as Profile, contacts: [], blocked: [], now: 0, settings: { theme: 'dark' },
    conversations: [{ jid: peer, pinned: true, muted: true, readUpTo: '2' }],
    archive: { page: async () => ({ messages: log.map((xml, i) => ({ entry: `${i + 1}`, at: i, message: parse(xml) })), count: log.length, complete: true }) as never },
    part: (_done, _total, name, bytes) => { if (name) files[name.split('.').at(-1)!] = new TextDecoder().decode(bytes); },
  });
  const rows = [...files['html']!.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, cells]) => cells!.split('</td>').at(-2)!.replace('<td>', ''));
  expect(rows).toEqual([`at ten (edited) [👍 ${peer}]`, '(withdrawn)']);
  expect(JSON.parse(files['json']!)).toMatchObject({ conversations: [{ jid: peer, pinned: true, muted: true, readUpTo: '2' }], settings: { theme: 'dark' } });
  expect(files['json']).toContain('a slip');
});
