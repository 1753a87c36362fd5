// A server that does to its clients what a bad day does: lines break before or after a stanza is handled, or before its
// answer; answers are late; what was delivered comes again; it crashes and forgets its sessions. Its log it never forgets.
// All chances come from one seed. It speaks as much of the protocol as the engine needs.
import { hmac } from '@noble/hashes/hmac';
import { sha256 } from '@noble/hashes/sha2';
import type { OpenSocket, SocketEvents } from '../../src/engine/xmpp/socket';
import { toBase64, utf8 } from '../../src/engine/xmpp/bytes';
import { NS } from '../../src/engine/xmpp/ns';
import { attr, child, children, el, parse, text, type Element } from '../../src/engine/xmpp/xml';

export const TOKEN = 'the token';

/** mulberry32. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Entry {
  entry: number;
  xml: string;
  peer: string;
  /** When it came, where that is not one second after the one before. */
  at?: number;
}
/** One a second. */
const timeOf = ({ entry, at }: Pick<Entry, 'entry' | 'at'>): number => at ?? Date.UTC(2026, 0, 1) + (entry - 1_000_000) * 1_000;
interface Session {
  id: string;
  handled: number;
  sent: number;
  /** What the client has not acknowledged. */
  queue: string[];
  line: Line | null;
}
interface Line {
  events: SocketEvents;
  out: string[];
  open: boolean;
  session: Session | null;
}

export class SimulatedServer {
  readonly log: Entry[] = [];
  chaos = 0;
  /** Each sees the presence of the other. */
  friends: string[] = [];
  /** What whoever is asked says of himself (XEP-0030). */
  features: string[] = [];
  /** What stands in whose card. */
  /** Private XML, by the element's name. */
  readonly kept: Record<string, string> = {};
  readonly cards: Record<string, string> = {};
  /** Conversations in a page of the inbox, which is there where `features` says so; and what happens before one is made. */
  inboxMax = 1_000;
  beforeInbox: () => void = () => {};
  /** How the inbox names entries. */
  entryName = (entry: number): string => String(entry);
  /** What is asked in this namespace is answered with an error. */
  refuses = '';
  /** The line is dead, and nobody is told: nothing comes through either way. */
  dead = false;
  private session: Session | null = null;
  private line: Line | null = null;
  private count = 0;
  private readonly own: string;

  constructor(private readonly jid: string, private readonly random: () => number) {
    this.own = jid;
  }
  private chance(p: number): boolean {
    return this.random() < p * this.chaos;
  }

  readonly open: OpenSocket = (_, events) => {
    const line: Line = { events, out: [], open: true, session: null };
    this.line?.open && this.cut(this.line);
    this.line = line;
    this.dead = false;
    this.later(() => line.open && events.open());
    return {
      send: (xml) => this.later(() => this.receive(line, xml)),
      close: () => this.cut(line),
    };
  };
  /** Late, and in order: each next one after all before. */
  private chain: Promise<void> = Promise.resolve();
  private later(work: () => void): void {
    const slow = this.chance(0.1);
    this.chain = this.chain.then(() => (slow ? new Promise<void>((r) => setTimeout(r, 2)) : undefined)).then(work);
  }

  private cut(line: Line): void {
    if (!line.open) return;
    line.open = false;
    if (line.session?.line === line) line.session.line = null;
    line.events.closed();
  }
  /** Erased from the log, as where it was put back from a backup or the account was deleted and made again. */
  forget(which: (entry: number) => boolean = () => true): void {
    this.log.splice(0, this.log.length, ...this.log.filter((e) => !which(e.entry)));
  }
  /** As kill -9: sessions are gone, the log is not. */
  crash(): void {
    this.session = null;
    if (this.line) this.cut(this.line);
  }

  private say(line: Line, element: Element | string): void {
    const xml = typeof element === 'string' ? element : element.toString();
    if (line.open) this.later(() => line.open && !this.dead && line.events.text(xml));
  }
  private deliver(xml: string): void {
    const { session } = this;
    if (!session) return;
    ++session.sent;
    session.queue.push(xml);
    if (session.line) this.say(session.line, xml);
  }
  /** A message of somebody else arrives. */
  arrive(from: string, id: string, words: string, more = ''): void {
    const entry = this.append(from, `<message xmlns="jabber:client" from="${from}/x" to="${this.own}" type="chat" id="${id}"><body>${words}</body>${more}</message>`);
    const xml = entry.xml.replace('</message>', `<stanza-id xmlns="${NS.sid}" by="${this.own}" id="${entry.entry}"/></message>`);
    this.deliver(xml);
    if (this.chance(0.1)) this.deliver(xml);
  }
  /** Whatever one likes, as if a server had let it through. */
  inject(xml: string): void {
    this.deliver(xml);
  }
  /** What the client said last that is like this. */
  readonly said: Element[] = [];

  /** Into the log: it came when nobody was there. */
  append(peer: string, xml: string): Entry {
    const entry = { entry: 1_000_000 + ++this.count, xml, peer };
    this.log.push(entry);
    return entry;
  }

  private receive(line: Line, xml: string): void {
    if (!line.open || this.dead) return;
    if (this.chance(0.01)) return this.cut(line); // never handled
    if (this.chance(0.004)) return this.crash();
    const element = parse(xml);
    this.said.push(element);
    if (element.is('open', NS.framing)) {
      this.say(line, el('open', { xmlns: NS.framing, version: '1.0' }));
      this.say(line, '<stream:features xmlns:stream="http://etherx.jabber.org/streams"/>');
    } else if (element.is('authenticate', NS.sasl2)) this.authenticate(line, element);
    else if (element.getNS() === NS.sm) this.management(line, element);
    else if (line.session) this.stanza(line, line.session, element);
    if (this.chance(0.01)) this.cut(line); // handled, and the answer is lost
  }

  private authenticate(line: Line, request: Element): void {
    const resume = child(request, 'resume', NS.sm);
    const known = this.session && attr(resume, 'previd') === this.session.id ? this.session : null;
    const proof = el('additional-data', {}, toBase64(hmac(sha256, utf8(TOKEN), utf8('Responder'))));
    const success = el('success', { xmlns: NS.sasl2 }, proof, el('authorization-identifier', {}, `${this.jid}/web`));
    if (known) {
      known.queue.splice(0, known.queue.length - (known.sent - Number(attr(resume, 'h'))));
      success.cnode(el('resumed', { xmlns: NS.sm, previd: known.id, h: known.handled }));
    } else {
      this.session = { id: `s${++this.count}`, handled: 0, sent: 0, queue: [], line: null };
      success.cnode(el('bound', { xmlns: NS.bind2 }, el('enabled', { xmlns: NS.sm, id: this.session.id, max: '300' })));
    }
    line.session = this.session!;
    line.session.line = line;
    this.say(line, success);
    this.say(line, '<stream:features xmlns:stream="http://etherx.jabber.org/streams"/>');
    for (const xml of known?.queue ?? []) this.say(line, xml);
  }

  private management(line: Line, element: Element): void {
    const { session } = line;
    if (!session) return;
    if (element.name === 'r') this.say(line, el('a', { xmlns: NS.sm, h: session.handled }));
    if (element.name === 'a') session.queue.splice(0, session.queue.length - (session.sent - Number(attr(element, 'h'))));
  }

  private stanza(line: Line, session: Session, stanza: Element): void {
    ++session.handled;
    if (stanza.name === 'message') {
      const kept = child(stanza, 'body') ?? child(stanza, 'store', NS.hints);
      if (kept) this.append(attr(stanza, 'to'), stanza.toString());
    }
    if (stanza.name !== 'iq' || !['get', 'set'].includes(attr(stanza, 'type'))) return;
    const id = attr(stanza, 'id');
    const query = child(stanza, 'query', NS.mam);
    if (query) return this.archive(query, id);
    const payload = children(stanza)[0]!;
    if (payload.getNS() === this.refuses)
      return this.deliver(`<iq xmlns="jabber:client" type="error" id="${id}"><error type="wait"><resource-constraint xmlns="${NS.stanzaErrors}"/></error></iq>`);
    if (payload.is('inbox', NS.inbox)) return this.inbox(payload, id);
    this.deliver(el('iq', { xmlns: NS.client, type: 'result', id, from: attr(stanza, 'to') || undefined },
      payload.is('vCard', NS.vcard) && parse(`<vCard xmlns="${NS.vcard}">${this.cards[attr(stanza, 'to') || this.own] ?? ''}</vCard>`),
      payload.is('query', NS.discoInfo) && el('query', { xmlns: NS.discoInfo }, ...this.features.map((f) => el('feature', { var: f }))),
      payload.is('query', NS.private) ? el('query', { xmlns: NS.private }, ...children(payload).map((e) => el(e.getName(), { xmlns: NS.web }, this.kept[e.getName()]))) : null,
      payload.is('query', NS.roster) && el('query', { xmlns: NS.roster }, ...this.friends.map((jid) => el('item', { jid, subscription: 'both' })))).toString());
    void line;
  }

  private inbox(query: Element, id: string): void {
    this.beforeInbox();
    if (this.dead) return;
    const newest = new Map(this.log.map((e) => [e.peer, e.entry]));
    const all = [...newest].map(([jid, entry]) => ({ jid, entry })).sort((a, b) => b.entry - a.entry);
    const after = Number(text(child(child(query, 'set', NS.rsm), 'after')) || Infinity);
    const page = all.filter((c) => c.entry < after).slice(0, this.inboxMax);
    for (const { jid, entry } of page)
      this.deliver(`<message xmlns="jabber:client" from="${this.own}"><entry xmlns="${NS.inbox}" unread="0" jid="${jid}" id="${this.entryName(entry)}"/></message>`);
    const bounds = page.length ? `<first index="${all.indexOf(page[0]!)}">${this.entryName(page[0]!.entry)}</first><last>${this.entryName(page.at(-1)!.entry)}</last>` : '';
    this.deliver(`<iq xmlns="jabber:client" type="result" id="${id}"><fin xmlns="${NS.inbox}" total="${all.length}"><set xmlns="${NS.rsm}">${bounds}<count>${all.length}</count></set></fin></iq>`);
  }

  private archive(query: Element, id: string): void {
    const field = (name: string): string => text(child(child(query, 'x')?.getChildren('field').find((f) => attr(f, 'var') === name), 'value'));
    const set = child(query, 'set', NS.rsm);
    const [before, after] = [child(set, 'before'), text(child(set, 'after'))];
    const max = Number(text(child(set, 'max')));
    const named = [field('after-id'), after, before ? text(before) : ''].filter((entry) => entry !== '');
    if (named.some((entry) => !this.log.some((e) => e.entry === Number(entry))))
      return this.deliver(`<iq xmlns="jabber:client" type="error" id="${id}"><error type="cancel"><item-not-found xmlns="${NS.stanzaErrors}"/></error></iq>`);
    const low = Math.max(Number(field('after-id') || 0), Number(after || 0));
    const high = before && text(before) ? Number(text(before)) : Infinity;
    const [start, end] = [Date.parse(field('start')) || 0, Date.parse(field('end')) || Infinity];
    const all = this.log.filter((e) => e.entry > low && e.entry < high && timeOf(e) >= start && timeOf(e) <= end && (!field('with') || e.peer === field('with')));
    const page = before ? all.slice(Math.max(0, all.length - max)) : all.slice(0, max);
    for (const { entry, xml, at } of page)
      this.deliver(`<message xmlns="jabber:client" from="${this.own}"><result xmlns="${NS.mam}" queryid="${attr(query, 'queryid')}" id="${entry}"><forwarded xmlns="${NS.forward}"><delay xmlns="${NS.delay}" stamp="${new Date(timeOf({ entry, at })).toISOString()}"/>${xml}</forwarded></result></message>`);
    const bounds = page.length ? `<first>${page[0]!.entry}</first><last>${page.at(-1)!.entry}</last>` : '';
    this.deliver(`<iq xmlns="jabber:client" type="result" id="${id}"><fin xmlns="${NS.mam}"${page.length === all.length ? ' complete="true"' : ''}><set xmlns="${NS.rsm}">${bounds}</set></fin></iq>`);
  }
}
