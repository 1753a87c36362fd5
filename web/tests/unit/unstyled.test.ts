// Words that are not to be styled (XEP-0393 §6).
import { expect, it } from 'vitest';
import { answerTo } from '../../src/engine/account/answers';
import { parseMessage } from '../../src/engine/account/parse';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, parse } from '../../src/engine/xmpp/xml';
import { fold } from '../../src/model/fold';
import type { Item, MessageItem, ModItem } from '../../src/model/item';

const own = 'alice@x';
const unstyled = `<unstyled xmlns="${NS.styling}"/>`;
const read = (inner: string): Item => parseMessage(parse(`<message xmlns="jabber:client" from="bob@x/1" to="${own}" type="chat" id="m"><body>*a*</body>${inner}</message>`), { own, now: 5 })!;
const shown = (message: Item, ...corrections: Item[]): boolean | undefined => fold(message as MessageItem, corrections as ModItem[], { peerRead: '' }).unstyled;
const replace = `<replace xmlns="${NS.correct}" id="m"/>`;

it('are shown as they are, others are styled', () => expect([shown(read(unstyled)), shown(read(''))]).toEqual([true, undefined]));
it('a correction says anew whether it is styled', () => {
  expect(shown(read(unstyled), read(replace))).toBeUndefined();
  expect(shown(read(''), read(replace + unstyled))).toBe(true);
});
it('others are told that words are styled here (§3)', () => {
  const answer = answerTo(parse(`<iq xmlns="jabber:client" type="get" id="1" from="bob@x/1"><query xmlns="${NS.discoInfo}"/></iq>`), true);
  expect(child(answer, 'query', NS.discoInfo)!.getChildren('feature').map((f) => attr(f, 'var'))).toContain('urn:xmpp:styling:0');
});
