// From stanzas to items of the log. Pure; what is not understood, or is forged, becomes null.
import { isEmoji } from '../../model/emoji';
import { messageId, type Item, type MessageItem } from '../../model/item';
import type { BareJid, EntryId, Quote, Time } from '../../model/types';
import { stanzaError } from '../xmpp/errors';
import { bare } from '../xmpp/jid';
import { NS } from '../xmpp/ns';
import { attr, child, childNs, children, text, type Element } from '../xmpp/xml';
import { readFiles } from './file';

const TEXT_MAX = 64 * 1024;
export const NICK_MAX = 100;
const REACTIONS_MAX = 20;

export interface Seen {
  /** The account's own bare address. */
  own: BareJid;
  /** From the archive's result; for live messages from their stanza-id by the account itself. */
  entry?: EntryId;
  at?: Time;
  now: Time;
}

/** The account's own stanza-id (XEP-0359 §5: by others it is a claim). */
export function entryOf(message: Element, own: BareJid): EntryId {
  const ids = message.getChildren('stanza-id', NS.sid).filter((e) => attr(e, 'by') === own);
  return entryIn(attr(ids[0], 'id'));
}

export function parseMessage(message: Element, seen: Seen): Item | null {
  const { own } = seen;
  const type = attr(message, 'type') || 'normal';
  const from = bare(attr(message, 'from')) || own;
  const to = bare(attr(message, 'to')) || own;
  if (type === 'groupchat' || (from !== own && to !== own)) return null;
  const mine = from === own;
  const origin = attr(child(message, 'origin-id', NS.sid), 'id');
  const wire = attr(message, 'id') || origin;
  const common = {
    conversation: mine ? to : from,
    entry: seen.entry ?? entryOf(message, own),
    at: seen.at ?? delayOf(message) ?? seen.now,
    from,
    mine,
    wire,
    aka: origin && origin !== wire ? origin : undefined,
  };
  if (type === 'error') {
    const target = attr(message, 'id');
    return target && !mine ? { ...common, wire: '', kind: 'error', target, failure: stanzaError(message).condition } : null;
  }
  return parseMod(message, common, own) ?? parseBody(message, common, own, seen.entry !== undefined);
}

type Common = Pick<MessageItem, 'conversation' | 'entry' | 'at' | 'from' | 'mine' | 'wire' | 'aka'>;

function parseMod(message: Element, common: Common, own: BareJid): Item | null {
  const retract = child(message, 'retract', NS.retract);
  if (retract && attr(retract, 'id')) return { ...common, kind: 'withdraw', target: attr(retract, 'id') };
  const replace = child(message, 'replace', NS.correct);
  if (replace && attr(replace, 'id') && child(message, 'body'))
    return { ...common, kind: 'edit', target: attr(replace, 'id'), text: readText(message), quote: readQuote(message, common, own), unstyled: Boolean(child(message, 'unstyled', NS.styling)) || undefined };
  const react = child(message, 'reactions', NS.reactions);
  if (react && attr(react, 'id')) return { ...common, kind: 'react', target: attr(react, 'id'), emojis: readEmojis(react) };
  const received = child(message, 'received', NS.receipts) ?? child(message, 'received', NS.markers);
  if (received && attr(received, 'id')) return { ...common, kind: 'receipt', target: attr(received, 'id') };
  const displayed = child(message, 'displayed', NS.markers) ?? child(message, 'acknowledged', NS.markers);
  if (displayed && attr(displayed, 'id')) return { ...common, kind: 'displayed', target: attr(displayed, 'id') };
  // Told to own devices only: which conversation has been read how far.
  const read = child(message, 'read', NS.web);
  const through = entryIn(attr(read, 'entry'));
  if (common.mine && common.conversation === common.from && through)
    return { ...common, kind: 'displayed', conversation: attr(read, 'with'), target: '', through };
  return null;
}

const entryIn = (id: string): EntryId => (/^[0-9]{1,20}$/.test(id) ? id : '');

function parseBody(message: Element, common: Common, own: BareJid, seenInArchive: boolean): Item | null {
  const body = child(message, 'body');
  const attention = child(message, 'attention', NS.attention);
  const encryption = child(message, 'encryption', NS.eme);
  const [file, ...moreFiles] = readFiles(message);
  // Of an archive alone: anybody could say so live.
  const gone = seenInArchive ? child(message, 'retracted', NS.retract) : undefined;
  if (!body && !attention && !encryption && !file && !gone) return null;
  const base = { ...common, id: messageId(common) };
  // What has lain somewhere calls for no attention (XEP-0224 §4).
  const felt = Boolean(attention && !seenInArchive && delayOf(message) === undefined) || undefined;
  if (attention && !body && !file) return { ...base, kind: 'nudge', text: '', attention: felt };
  if (gone) return { ...base, kind: 'message', text: '', withdrawn: timeOf(attr(gone, 'stamp')) ?? common.at };
  const words = readText(message);
  return {
    ...base,
    kind: 'message',
    // A file's address alone is no text of the message.
    text: file && words.trim() === file.url ? '' : words,
    quote: readQuote(message, common, own),
    file,
    moreFiles: moreFiles.length ? moreFiles : undefined,
    unreadable: encryption ? attr(encryption, 'name') || attr(encryption, 'namespace') : undefined,
    wantsReceipt: Boolean(child(message, 'request', NS.receipts)) || undefined,
    markable: Boolean(child(message, 'markable', NS.markers)) || undefined,
    attention: felt,
    nick: common.mine ? undefined : text(child(message, 'nick', NS.nick)).trim().slice(0, NICK_MAX) || undefined,
    unstyled: Boolean(child(message, 'unstyled', NS.styling)) || undefined,
  };
}

/** XEP-0461 with what XEP-0428 says of the quoted lines in the body. */
function readQuote(message: Element, common: Common, own: BareJid): Quote | undefined {
  const reply = child(message, 'reply', NS.reply);
  const id = attr(reply, 'id');
  if (!id) return undefined;
  const author = bare(attr(reply, 'to')) || common.conversation;
  const [cut] = fallbackRanges(message, NS.reply);
  const quoted = cut ? Array.from(rawBody(message)).slice(cut[0], cut[1]).join('') : '';
  return {
    id: author === own ? id : '~' + id,
    author,
    text: quoted.replace(/^> ?/gm, '').trim().slice(0, 500),
  };
}

const rawBody = (message: Element): string => text(child(message, 'body')).slice(0, TEXT_MAX);

/** The body without what is only there for clients that know neither answers nor files. Positions count code points (XEP-0428 §3). */
function readText(message: Element): string {
  const replies = child(message, 'reply', NS.reply) ? fallbackRanges(message, NS.reply) : [];
  const files = child(message, 'file-sharing', NS.sfs) ? [...fallbackRanges(message, NS.sfs, true), ...fallbackRanges(message, NS.oob, true)] : [];
  const cuts = [...replies, ...files];
  if (!cuts.length) return rawBody(message);
  const left = Array.from(rawBody(message)).filter((_, i) => !cuts.some(([start, end]) => start <= i && i < end)).join('');
  return files.length ? left.trim() : left;
}

/** `whole`: an element that says no range means all of the body. */
function fallbackRanges(message: Element, ns: string, whole = false): [number, number][] {
  const marked = message.getChildren('fallback', NS.fallback).filter((f) => attr(f, 'for') === ns);
  return marked.flatMap((fallback): [number, number][] => {
    const ranges = fallback.getChildren('body', NS.fallback).filter((body) => body.attrs.start !== undefined || body.attrs.end !== undefined);
    if (!ranges.length) return whole ? [[0, Infinity]] : [];
    return ranges
      .map((body): [number, number] => [Number(attr(body, 'start') || 0), Number(attr(body, 'end') || TEXT_MAX)])
      .filter(([start, end]) => Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= TEXT_MAX);
  });
}

function readEmojis(react: Element): string[] {
  const given = react.getChildren('reaction', NS.reactions).map((r) => text(r).trim());
  return [...new Set(given)].filter(isEmoji).slice(0, REACTIONS_MAX);
}

export function delayOf(message: Element): Time | undefined {
  return timeOf(attr(child(message, 'delay', NS.delay), 'stamp'));
}
function timeOf(stamp: string): Time | undefined {
  const at = Date.parse(stamp);
  return Number.isFinite(at) ? at : undefined;
}

/** The message inside a carbon copy: only one from the own bare address is one (XEP-0280 §11, CVE-2017-5589). */
export function carbonOf(message: Element, own: BareJid): { message: Element; at?: Time } | 'forged' | null {
  const carbon = childNs(message, NS.carbons);
  if (!carbon || !['sent', 'received'].includes(carbon.getName())) return null;
  if (attr(message, 'from') !== own) return 'forged';
  const forwarded = child(carbon, 'forwarded', NS.forward);
  const inner = children(forwarded).find((c) => c.getName() === 'message');
  return inner ? { message: inner, at: delayOf(forwarded!) } : 'forged';
}
