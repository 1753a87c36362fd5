// What the user does to messages, as stanzas and as items of the log. The same command gives the same stanza each time.
import { messageId, wireId, type Item } from '../../model/item';
import type { BareJid, Quote, SharedFile } from '../../model/types';
import type { OutboxRecord } from '../store/store';
import { NS } from '../xmpp/ns';
import { clean, el, type Element } from '../xmpp/xml';

export interface ComposeOptions {
  askReceipts: boolean;
  /** The other one may know of typing (XEP-0085 §5.1). */
  states?: boolean;
  /** To whom one has never written: what one calls oneself (XEP-0172 §4.2). */
  nick?: string;
}

export function itemOf({ command, id }: OutboxRecord, own: BareJid): Item {
  const common = { conversation: command.to, entry: '', at: command.at, from: own, mine: true, wire: id };
  switch (command.do) {
    case 'send':
      return { ...common, kind: 'message', id: messageId(common), text: clean(command.text), quote: command.quote, file: command.file };
    case 'nudge':
      return { ...common, kind: 'nudge', id: messageId(common), text: '' };
    case 'edit':
      return { ...common, kind: 'edit', target: wireId(command.original), text: clean(command.text), quote: command.quote };
    case 'withdraw':
      return { ...common, kind: 'withdraw', target: wireId(command.original) };
    case 'react':
      return { ...common, kind: 'react', target: wireId(command.original), emojis: command.emojis };
  }
}

const store = (): Element => el('store', { xmlns: NS.hints });

export function stanzaOf({ command, id }: OutboxRecord, { askReceipts, nick, states = true }: ComposeOptions): Element {
  const message = el('message', { xmlns: NS.client, type: 'chat', id, to: command.to }, el('origin-id', { xmlns: NS.sid, id }));
  const add = (...parts: Element[]): Element => (parts.forEach((p) => message.cnode(p)), message);
  const asked = askReceipts ? [el('request', { xmlns: NS.receipts }), el('markable', { xmlns: NS.markers })] : [];
  switch (command.do) {
    case 'send':
      return add(...(command.file ? shared(command.file, command.text) : answer(command.text, command.quote)), ...asked,
        ...(states ? [el('active', { xmlns: NS.chatStates })] : []), ...(nick ? [el('nick', { xmlns: NS.nick }, nick)] : []));
    case 'edit':
      // The whole message again, but for its id and what was corrected (XEP-0308 §5).
      return add(...answer(command.text, command.quote), ...asked, el('replace', { xmlns: NS.correct, id: wireId(command.original) }), store());
    case 'withdraw':
      return add(
        el('retract', { xmlns: NS.retract, id: wireId(command.original) }),
        el('fallback', { xmlns: NS.fallback, for: NS.retract }),
        el('body', {}, command.words ?? '/me withdrew a message, which this app cannot show as withdrawn.'),
        store());
    case 'react':
      return add(
        el('reactions', { xmlns: NS.reactions, id: wireId(command.original) }, ...command.emojis.map((e) => el('reaction', {}, e))),
        store());
    case 'nudge':
      return add(el('attention', { xmlns: NS.attention }), store());
  }
}

/** Words, with what they answer (XEP-0461) and the lines of it for clients that do not know answers. */
function answer(words: string, quote: Quote | undefined): Element[] {
  const quoted = quote ? quoteLines(quote.text) : '';
  const named = quote && (quote.origin || wireId(quote.id));
  return [
    el('body', {}, quoted + words),
    ...(named ? [el('reply', { xmlns: NS.reply, id: named, to: quote.author })] : []),
    ...(named && quoted ? [fallback(NS.reply, Array.from(clean(quoted)).length)] : []),
  ];
}
/** A file that lies somewhere (XEP-0447), with its address for clients that know no files, or only addresses (XEP-0066). */
function shared(file: SharedFile, words: string): Element[] {
  const before = words ? words + '\n' : '';
  const start = Array.from(clean(before)).length;
  const said: [string, string | number | undefined][] = [
    ['media-type', file.mediaType], ['name', file.name], ['size', file.bytes], ['width', file.width], ['height', file.height], ['desc', file.description],
  ];
  return [
    el('body', {}, before + file.url),
    el('file-sharing', { xmlns: NS.sfs, disposition: file.attachment ? 'attachment' : undefined },
      el('file', { xmlns: NS.fileMetadata }, ...said.filter(([, value]) => value !== undefined).map(([name, value]) => el(name, {}, String(value)))),
      el('sources', {}, el('url-data', { xmlns: NS.urlData, target: file.url }))),
    fallback(NS.sfs, start + file.url.length, start),
    el('x', { xmlns: NS.oob }, el('url', {}, file.url)),
  ];
}
function quoteLines(words: string): string {
  const shown = words.trim().slice(0, 500);
  return shown ? shown.split('\n').map((line) => `> ${line}\n`).join('') : '';
}
function fallback(ns: string, end: number, start = 0): Element {
  return el('fallback', { xmlns: NS.fallback, for: ns }, el('body', { start, end }));
}
