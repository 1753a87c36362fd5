// Contacts: the roster (RFC 6121 §2, with versions), subscriptions, and who is there in what mood.
import type { BareJid, Contact, ContactRequest, Show, Subscription, Time } from '../../model/types';
import type { Event } from '../contract';
import { bare, resource } from '../xmpp/jid';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, el, text, type Element } from '../xmpp/xml';
import type { AccountStore } from '../store/store';
import { delayOf } from './parse';
import type { Profiles } from './profiles';
import type { PeerDevice } from './support';

interface RosterItem {
  jid: BareJid;
  remark: string;
  groups: string[];
  subscription: Subscription;
  asked: boolean;
}
interface DevicePresence {
  show: Show;
  status: string;
  priority: number;
  caps: string;
}
/** How much a device says: what is shown of a contact is its most available device, then its highest priority. */
const availability: Record<Show, number> = { chat: 5, online: 4, dnd: 3, away: 2, xa: 1, offline: 0 };

function capsOf(presence: Element): string {
  const caps = child(presence, 'c', NS.caps);
  return attr(caps, 'ver') && `${attr(caps, 'node')}\n${attr(caps, 'ver')}`;
}

export interface RosterHost {
  own: BareJid;
  link: Link;
  store: AccountStore;
  profiles: Profiles;
  emit(event: Event): void;
  now(): Time;
  blocked(jid: BareJid): boolean;
  /** Somebody who is no contact has a name. */
  meet(jid: BareJid, nick: string): void;
}

export class Roster {
  private items = new Map<BareJid, RosterItem>();
  private version: string | undefined;
  private readonly presences = new Map<BareJid, Map<string, DevicePresence>>();
  private readonly lastSeen = new Map<BareJid, Time>();
  private readonly requests = new Map<BareJid, ContactRequest>();

  constructor(private readonly host: RosterHost) {}

  async load(): Promise<void> {
    const kept = await this.host.store.getMeta<{ version?: string; items: RosterItem[] }>('roster');
    if (!kept) return;
    this.version = kept.version;
    this.items = new Map(kept.items.map((i) => [i.jid, i]));
  }
  private keep(): void {
    void this.host.store.setMeta('roster', { version: this.version, items: [...this.items.values()] });
  }

  jids(): BareJid[] {
    return [...this.items.keys()];
  }
  has(jid: BareJid): boolean {
    return this.items.has(jid);
  }
  /** Whether the contact sees one's presence: only then do receipts and typing tell nothing new. */
  seesUs(jid: BareJid): boolean {
    return ['from', 'both'].includes(this.items.get(jid)?.subscription ?? 'none');
  }
  private seesThem(jid: BareJid): boolean {
    return ['to', 'both'].includes(this.items.get(jid)?.subscription ?? 'none');
  }
  devices(jid: BareJid): PeerDevice[] {
    return [...(this.presences.get(jid) ?? [])].map(([device, { caps }]) => ({ jid: device ? `${jid}/${device}` : jid, caps }));
  }
  all(): Contact[] {
    return this.jids().map((jid) => this.contact(jid));
  }
  allRequests(): ContactRequest[] {
    return [...this.requests.values()];
  }

  contact(jid: BareJid): Contact {
    const item = this.items.get(jid);
    const best = [...(this.presences.get(jid)?.values() ?? [])]
      .sort((a, b) => availability[b.show] - availability[a.show] || b.priority - a.priority)[0];
    return {
      jid,
      remark: item?.remark ?? '',
      groups: item?.groups ?? [],
      subscription: item?.subscription ?? 'none',
      asked: item?.asked ?? false,
      profile: this.host.profiles.get(jid),
      show: best?.show ?? 'offline',
      status: best?.status ?? '',
      lastSeen: best ? undefined : this.lastSeen.get(jid),
      blocked: this.host.blocked(jid),
    };
  }
  /** Somebody was blocked, or is not any more. */
  blockedChanged(jid: BareJid): void {
    if (this.host.blocked(jid)) this.dropRequest(jid);
    this.announce(jid);
  }
  announce(jid: BareJid): void {
    if (this.items.has(jid)) this.host.emit({ type: 'contact', contact: this.contact(jid) });
  }

  /** A new session: nobody's presence is known, requests come again. */
  reset(): void {
    this.requests.clear();
    this.unseen();
  }
  /** Where the server does not know invisibility, who sends no presence gets none: nobody is known to be there any more. */
  unseen(): void {
    const seen = [...this.presences.keys()];
    this.presences.clear();
    seen.forEach((jid) => this.announce(jid));
  }

  async fetch(): Promise<void> {
    const answer = await this.host.link.iq('get', el('query', { xmlns: NS.roster, ver: this.version ?? '' }));
    const query = child(answer, 'query', NS.roster);
    if (!query) return; // nothing changed since the version we have
    const before = this.jids();
    this.items = new Map();
    for (const item of query.getChildren('item', NS.roster)) this.put(item);
    this.version = query.attrs.ver === undefined ? undefined : attr(query, 'ver');
    this.keep();
    for (const jid of before) if (!this.items.has(jid)) this.host.emit({ type: 'contact-removed', jid });
    for (const jid of this.jids()) this.announce(jid);
  }
  fetchProfiles(): void {
    for (const jid of this.jids()) this.host.profiles.seen(jid, undefined);
  }

  /** A push; the caller has checked that it comes from the own account (RFC 6121 §2.1.6, CASES 41). */
  push(query: Element): void {
    const item = child(query, 'item', NS.roster);
    if (!item) return;
    const jid = attr(item, 'jid');
    if (attr(item, 'subscription') === 'remove') {
      this.items.delete(jid);
      this.host.emit({ type: 'contact-removed', jid });
    } else {
      const isNew = !this.items.has(jid);
      const sawThem = this.seesThem(jid);
      this.put(item);
      // Whom one does not see any more is not seen to go either.
      if (!this.seesThem(jid)) this.presences.delete(jid);
      this.announce(jid);
      // A server may show a card to contacts only.
      if (!sawThem && this.seesThem(jid)) this.host.profiles.want(jid);
      else if (isNew) this.host.profiles.seen(jid, undefined);
    }
    if (query.attrs.ver !== undefined) this.version = attr(query, 'ver');
    this.keep();
  }
  private put(item: Element): void {
    const jid = attr(item, 'jid');
    const subscription = attr(item, 'subscription');
    this.items.set(jid, {
      jid,
      remark: attr(item, 'name').slice(0, 500),
      groups: [...new Set(item.getChildren('group').map((g) => text(g)).filter((g) => g !== ''))],
      subscription: (['to', 'from', 'both'] as const).find((s) => s === subscription) ?? 'none',
      asked: attr(item, 'ask') === 'subscribe',
    });
    if (this.seesUs(jid)) this.dropRequest(jid); // it has been granted, here or on another device
  }

  presence(stanza: Element): void {
    const from = attr(stanza, 'from');
    const jid = bare(from);
    const type = attr(stanza, 'type');
    if (jid === this.host.own || jid === '') return;
    if (type === 'subscribe') return this.requested(stanza, jid);
    if (type === 'subscribed' || type === 'unsubscribed') return this.announce(jid);
    if (type === 'unsubscribe') return this.dropRequest(jid);
    if (type === '') this.available(stanza, jid, resource(from));
    else if (type === 'unavailable') this.unavailable(stanza, jid, resource(from));
  }
  private available(stanza: Element, jid: BareJid, device: string): void {
    // Anybody may send some: who was not asked for it tells nothing, and is asked nothing because of it.
    if (!this.seesThem(jid)) return;
    const said = text(child(stanza, 'show'));
    const devices = this.presences.get(jid) ?? new Map<string, DevicePresence>();
    devices.set(device, {
      show: (['chat', 'away', 'xa', 'dnd'] as const).find((s) => s === said) ?? 'online',
      status: text(child(stanza, 'status')).slice(0, 500),
      priority: Number(text(child(stanza, 'priority'))) || 0,
      caps: capsOf(stanza),
    });
    this.presences.set(jid, devices);
    const photo = child(child(stanza, 'x', NS.vcardUpdate), 'photo');
    const card = child(stanza, 'card', NS.web);
    this.host.profiles.seen(jid, photo && text(photo), card && attr(card, 'version'));
    this.announce(jid);
  }
  private unavailable(stanza: Element, jid: BareJid, device: string): void {
    const devices = this.presences.get(jid);
    if (!devices) return;
    if (device === '') devices.clear();
    else devices.delete(device);
    if (devices.size === 0) {
      this.presences.delete(jid);
      this.lastSeen.set(jid, delayOf(stanza) ?? this.host.now());
    }
    this.announce(jid);
  }
  private requested(stanza: Element, jid: BareJid): void {
    if (this.host.blocked(jid)) return;
    const request: ContactRequest = {
      jid,
      greeting: text(child(stanza, 'status')).slice(0, 1000),
      nickname: text(child(stanza, 'nick', NS.nick)).slice(0, 100),
      at: delayOf(stanza) ?? this.host.now(),
    };
    this.requests.set(jid, request);
    this.host.meet(jid, request.nickname);
    this.host.emit({ type: 'request', request });
  }
  /** Answered, withdrawn, or of somebody one does not want to hear from. */
  dropRequest(jid: BareJid): void {
    if (this.requests.delete(jid)) this.host.emit({ type: 'request-gone', jid });
  }

  async set(jid: BareJid, remark: string, groups: string[]): Promise<void> {
    const item = el('item', { jid, name: remark || undefined }, ...groups.map((g) => el('group', {}, g)));
    await this.host.link.iq('set', el('query', { xmlns: NS.roster }, item));
  }
  async add(jid: BareJid, greeting: string, remark: string, groups: string[], nickname: string, token?: string): Promise<void> {
    await this.set(jid, remark, groups);
    // Who asks also agrees to the answer's question: one click each, not two.
    this.host.link.send(el('presence', { to: jid, type: 'subscribed' }));
    this.host.link.send(el('presence', { to: jid, type: 'subscribe' },
      token !== undefined && el('preauth', { xmlns: NS.pars, token }), greeting !== '' && el('status', {}, greeting), nickname !== '' && el('nick', { xmlns: NS.nick }, nickname)));
    this.dropRequest(jid);
  }
  async change(jid: BareJid, remark: string | undefined, groups: string[] | undefined): Promise<void> {
    const item = this.items.get(jid);
    await this.set(jid, remark ?? item?.remark ?? '', groups ?? item?.groups ?? []);
  }
  async remove(jid: BareJid): Promise<void> {
    await this.host.link.iq('set', el('query', { xmlns: NS.roster }, el('item', { jid, subscription: 'remove' })));
  }
  async answer(jid: BareJid, accept: boolean, nickname: string): Promise<void> {
    const { link } = this.host;
    // A request that was granted meanwhile cannot be declined: that would end the friendship.
    if (!accept && this.seesUs(jid)) return this.dropRequest(jid);
    if (!accept) link.send(el('presence', { to: jid, type: 'unsubscribed' }));
    else if (['to', 'both'].includes(this.items.get(jid)?.subscription ?? 'none')) link.send(el('presence', { to: jid, type: 'subscribed' }));
    else {
      if (!this.has(jid)) await this.set(jid, '', []);
      link.send(el('presence', { to: jid, type: 'subscribed' }));
      link.send(el('presence', { to: jid, type: 'subscribe' }, nickname !== '' && el('nick', { xmlns: NS.nick }, nickname)));
    }
    this.dropRequest(jid);
  }
  /** How long an offline contact has been away (XEP-0012); nothing where the server does not say. */
  async askLastSeen(jid: BareJid): Promise<void> {
    const answer = await this.host.link.iq('get', el('query', { xmlns: NS.last }), jid);
    const seconds = Number(attr(child(answer, 'query', NS.last), 'seconds') || NaN);
    if (!Number.isFinite(seconds) || this.presences.has(jid)) return;
    this.lastSeen.set(jid, this.host.now() - seconds * 1000);
    this.announce(jid);
  }
}

