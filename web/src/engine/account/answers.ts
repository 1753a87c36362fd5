// Requests of others to this client: what it is, what it can, whether it is there. Everything else is not offered.
import { sha1 } from '@noble/hashes/sha1';
import { toBase64, utf8 } from '../xmpp/bytes';
import { NS } from '../xmpp/ns';
import { attr, children, el, type Element } from '../xmpp/xml';

const NODE = 'https://rookery.example/web';
const always = [
  NS.chatStates, NS.correct, NS.discoInfo, NS.markers, NS.nick, NS.oob, NS.ping, NS.reactions, NS.receipts,
  NS.reply, NS.retract, NS.sfs, NS.version, NS.caps, NS.fallback, NS.sid, NS.hints, NS.eme, NS.styling,
];
/** Nudges are said to be taken only where they are (XEP-0224 §6). */
const featuresOf = (nudges: boolean): string[] => [...always, ...(nudges ? [NS.attention] : [])].sort();

/** XEP-0115 §5.1. */
export const capsVer = (nudges: boolean): string => toBase64(sha1(utf8(`client/web//Rookery<${featuresOf(nudges).map((f) => f + '<').join('')}`)));
export const capsElement = (nudges: boolean): Element => el('c', { xmlns: NS.caps, hash: 'sha-1', node: NODE, ver: capsVer(nudges) });

/** The answer to a request that nothing else of the engine has taken. */
export function answerTo(iq: Element, nudges: boolean): Element {
  const payload = children(iq)[0];
  const from = attr(iq, 'from');
  const result = (content?: Element): Element => el('iq', { type: 'result', id: attr(iq, 'id'), to: from || undefined }, content);
  if (attr(iq, 'type') === 'get' && payload) {
    if (payload.is('ping', NS.ping)) return result();
    if (payload.is('version', NS.version) || payload.is('query', NS.version))
      return result(el('query', { xmlns: NS.version }, el('name', {}, 'Rookery'), el('version', {}, '0.1')));
    const node = attr(payload, 'node');
    if (payload.is('query', NS.discoInfo) && (node === '' || node === `${NODE}#${capsVer(nudges)}`))
      return result(el('query', { xmlns: NS.discoInfo, node: node || undefined },
        el('identity', { category: 'client', type: 'web', name: 'Rookery' }), ...featuresOf(nudges).map((f) => el('feature', { var: f }))));
  }
  return refusalOf(iq);
}

/** The answer to a request that is not met; the server's own where nobody is at the address. */
export const refusalOf = (iq: Element): Element =>
  el('iq', { type: 'error', id: attr(iq, 'id'), to: attr(iq, 'from') || undefined },
    el('error', { type: 'cancel' }, el('service-unavailable', { xmlns: NS.stanzaErrors })));
