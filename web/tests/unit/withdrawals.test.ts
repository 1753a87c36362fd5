// What was withdrawn (XEP-0424): archives that keep a tombstone only, and apps that do not know it.
import { expect, it } from 'vitest';
import { stanzaOf } from '../../src/engine/account/compose';
import { parseMessage } from '../../src/engine/account/parse';
import { NS } from '../../src/engine/xmpp/ns';
import { parse } from '../../src/engine/xmpp/xml';
import { fold } from '../../src/model/fold';
import type { MessageItem } from '../../src/model/item';

const own = 'alice@x';
const tombstone = `<message xmlns="jabber:client" from="bob@x/1" to="${own}" type="chat" id="m"><retracted xmlns="${NS.retract}" id="r" stamp="2019-09-20T23:09:32Z"/></message>`;

it('a tombstone in the archive is a message that was withdrawn (§5)', () => {
  const item = parseMessage(parse(tombstone), { own, entry: '7', now: 5 }) as MessageItem;
  expect(fold(item, [], { peerRead: '' })).toMatchObject({ id: '~m', entry: '7', text: '', withdrawn: Date.parse('2019-09-20T23:09:32Z') });
});
it('one that is said live is nothing', () => expect(parseMessage(parse(tombstone), { own, now: 5 })).toBeNull());
it('who does not know it reads it in the words of whoever withdrew', () => {
  const command = { do: 'withdraw', id: 'w', to: 'bob@x', original: 'm', words: '/me 撤回了一条消息', at: 5 } as const;
  const stanza = stanzaOf({ id: 'w', seq: 1, after: '', at: 5, command }, { askReceipts: true });
  expect(stanza.getChildText('body')).toBe('/me 撤回了一条消息');
});
