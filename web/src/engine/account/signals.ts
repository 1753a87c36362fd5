// What is said beside messages and may be lost: receipts, read markers, typing. Only to those who see one's presence
// anyway, only where the user's settings allow it, and not while one is invisible.
import type { Item } from '../../model/item';
import type { BareJid, EntryId, Settings } from '../../model/types';
import { randomId } from '../xmpp/bytes';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { childNs, el, type Element } from '../xmpp/xml';

export interface SignalsHost {
  own: BareJid;
  link: Link;
  settings(): Partial<Settings>;
  seesUs(jid: BareJid): boolean;
  /** A device of his that is there says that it has this feature. */
  knows(jid: BareJid, feature: string): Promise<boolean>;
  invisible(): boolean;
}

export class Signals {
  /** Contacts whose last words said nothing of typing: they are told nothing of it either (XEP-0085 §5.1). */
  private readonly without = new Set<BareJid>();
  private typingTo = new Map<BareJid, string>();

  constructor(private readonly host: SignalsHost) {}

  private allowed(setting: 'sendReceipts' | 'sendRead' | 'sendTyping', jid: BareJid): boolean {
    return this.host.settings()[setting] !== false && !this.host.invisible() && this.host.seesUs(jid);
  }
  private send(to: BareJid, ...children: Element[]): void {
    this.host.link.send(el('message', { to, type: 'chat', id: randomId() }, ...children));
  }

  received(jid: BareJid, wire: string): void {
    if (this.allowed('sendReceipts', jid)) this.send(jid, el('received', { xmlns: NS.receipts, id: wire }), el('store', { xmlns: NS.hints }));
  }

  /** The marker is kept in both archives and copied to own devices (type chat): it is also how they learn of the position. Nothing
      of one's own archive is in it. False where the peer is not to know. */
  displayed(jid: BareJid, wire: string): boolean {
    if (!this.allowed('sendRead', jid)) return false;
    this.send(jid, el('displayed', { xmlns: NS.markers, id: wire }), el('store', { xmlns: NS.hints }));
    return true;
  }
  /** Where no marker says it: to own devices alone. */
  readHere(jid: BareJid, through: EntryId): void {
    this.send(this.host.own, el('read', { xmlns: NS.web, with: jid, entry: through }), el('no-store', { xmlns: NS.hints }));
  }

  typing(jid: BareJid, state: 'composing' | 'paused' | 'active' | 'gone'): void {
    if (!this.allowed('sendTyping', jid) || this.without.has(jid) || !this.host.link.up || this.typingTo.get(jid) === state) return;
    // 'active' and 'gone' after nothing else tell nothing.
    if (state !== 'composing' && state !== 'paused' && !this.typingTo.has(jid)) return;
    if (state === 'gone' || state === 'active') this.typingTo.delete(jid);
    else this.typingTo.set(jid, state);
    this.send(jid, el(state, { xmlns: NS.chatStates }), el('no-store', { xmlns: NS.hints }));
  }
  /** Whether somebody's app knows of typing is seen in what he writes. */
  heard(message: Element, item: Item | null): void {
    if (!item || item.mine || item.kind !== 'message') return;
    const jid = item.conversation;
    if (childNs(message, NS.chatStates)) return void this.without.delete(jid);
    this.without.add(jid);
    // It may have been another of his devices; and two who both wait for the other to begin would never. The question comes from one's
    // full address, so it is for those who know already that one is here.
    if (!this.host.invisible() && this.host.seesUs(jid)) void this.host.knows(jid, NS.chatStates).then((yes) => yes && this.without.delete(jid));
  }
  knowsTyping(jid: BareJid): boolean {
    return !this.without.has(jid);
  }

  /** A message says that typing is over. */
  wrote(jid: BareJid): void {
    this.typingTo.delete(jid);
  }

  /** A declined request leaves no trace in the roster that own devices would hear of. */
  answered(jid: BareJid): void {
    this.send(this.host.own, el('answered', { xmlns: NS.web, request: jid }), el('no-store', { xmlns: NS.hints }));
  }

  /** Own devices that are there look again. */
  prefsChanged(): void {
    this.send(this.host.own, el('changed', { xmlns: NS.web }), el('no-store', { xmlns: NS.hints }));
  }
}
