// One account that is signed in: its session, and all that is made of what comes. Everything the pages may know of it goes
// out as events; everything they want comes through commands.ts.
import { compareEntries, isMessage, type Item, type ModItem } from '../../model/item';
import type { BareJid, EntryId, Line as LineState, OwnShow, Settings, SignOutReason, Time } from '../../model/types';
import type { Event } from '../contract';
import type { AccountStore, OutboxRecord } from '../store/store';
import { bare, domain } from '../xmpp/jid';
import { Link } from '../xmpp/link';
import type { LoggedIn, LoginRequest } from '../xmpp/login';
import { NS } from '../xmpp/ns';
import type { OpenSocket } from '../xmpp/socket';
import { attr, child, childNs, children, el, type Element } from '../xmpp/xml';
import { answerTo, refusalOf } from './answers';
import { Archive } from './archive';
import { Blocklist } from './blocklist';
import { stanzaOf } from './compose';
import { Features } from './features';
import { History } from './history';
import { Inbox } from './inbox';
import { Line } from './line';
import { Outbox } from './outbox';
import { carbonOf, parseMessage } from './parse';
import { Own } from './own';
import { Preferences } from './preferences';
import { Profiles } from './profiles';
import { Reading } from './reading';
import { Roster } from './roster';
import { Signals } from './signals';
import { Support } from './support';
import { Sync } from './sync';
import { Typing } from './typing';

const FORWARD_AFTER_MS = 20_000;

export interface AccountHost {
  own: BareJid;
  store: AccountStore;
  open: OpenSocket;
  request(resume: LoginRequest['resume']): LoginRequest;
  tokenGiven(token: string): void;
  over(reason: SignOutReason): void;
  emit(event: Event): void;
  now(): Time;
  random(): number;
}

/** Where nothing is known of an earlier visit, on any device: what came so long ago was most likely seen by a program that keeps no count. */
const RECEIPT_MS = 24 * 3_600_000;

export class Account {
  readonly link: Link;
  readonly line: Line;
  readonly archive: Archive;
  readonly inbox: Inbox;
  readonly history: History;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly profiles: Profiles;
  readonly roster: Roster;
  readonly blocklist: Blocklist;
  readonly prefs: Preferences;
  readonly signals: Signals;
  readonly reading: Reading;
  readonly features: Features;
  readonly own: Own;
  readonly support: Support;
  private readonly typing: Typing;
  private lineState: LineState = { state: 'connecting', since: 0, attempt: 0 };
  private active = true;
  /** The past is known: what is waiting may be sent. */
  private settled = false;
  /** Sessions begun anew. */
  private sessions = 0;
  private firstSync: Promise<void> = Promise.resolve();
  private bringing: Promise<void> | null = null;
  private forwardTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: AccountHost) {
    const { own, store, emit, now } = host;
    const self = this;
    this.link = new Link({
      stanza: (stanza) => this.stanza(stanza),
      acked: (id) => void this.acked(id),
      down: (reason) => this.line.down(reason),
    });
    this.line = new Line({
      ...host, link: this.link,
      request: () => host.request(this.link.resumable),
      state: (line) => this.setLine(line),
      loggedIn: (login) => this.loggedIn(login),
    });
    this.archive = new Archive(this.link, own);
    this.inbox = new Inbox(this.link, own, () => this.features.offers(NS.inbox));
    this.outbox = new Outbox({
      own, store,
      transmit: (record) => this.transmit(record),
      ready: () => this.settled && this.link.up,
      changed: (item) => void this.outboxChanged(item),
    });
    this.blocklist = new Blocklist(this.link, (jids) => emit({ type: 'blocked', jids }), (jid) => this.roster.blockedChanged(jid));
    this.profiles = new Profiles({ own, link: this.link, store, invisible: () => this.own.invisible, changed: (p) => this.profileChanged(p.jid) });
    this.roster = new Roster({ meet: (jid, nick) => this.meet(jid, nick), own, link: this.link, store, emit, now, profiles: this.profiles, blocked: (jid) => this.blocklist.has(jid) });
    this.signals = new Signals({
      own, link: this.link, settings: () => this.prefs.settings, seesUs: (jid) => this.roster.seesUs(jid), invisible: () => this.own.invisible,
      knows: (jid, feature) => this.support.knows(jid, feature),
    });
    this.history = new History({ own, store, outbox: this.outbox, emit, pinned: (j) => self.prefs.pinned(j), muted: (j) => self.prefs.muted(j) });
    this.prefs = new Preferences({
      link: this.link, store, history: this.history,
      emit: (event) => {
        emit(event);
        if (event.type === 'settings') this.own.settingsChanged();
      },
      told: () => this.signals.prefsChanged(),
    });
    this.reading = new Reading({ store, history: this.history, prefs: this.prefs, signals: this.signals });
    this.sync = new Sync({
      own, emit, now, archive: this.archive, inbox: this.inbox, history: this.history, outbox: this.outbox,
      contacts: () => this.roster.jids(),
      arrived: (items, since) => void this.confirm(items, since),
      brought: (items) => this.meetAll(items),
    });
    this.features = new Features(this.link, store, domain(own), own);
    this.own = new Own({ own, store, link: this.link, profiles: this.profiles, emit, canHide: () => this.features.has(NS.invisible), wentUnseen: () => this.roster.unseen(), nudges: () => this.takesNudges() });
    this.support = new Support(this.link, (jid) => this.roster.devices(jid));
    this.typing = new Typing((conversation, typing) => emit({ type: 'typing', conversation, typing }));
  }

  /** What is kept here; the pages can be drawn with it before there is a line. */
  async load(): Promise<void> {
    await this.profiles.load();
    await this.roster.load();
    await this.prefs.load();
    await this.own.load();
    await this.features.load();
    await this.outbox.load();
    await this.history.load();
  }
  snapshot(): Event {
    return {
      type: 'snapshot',
      self: this.own.self(),
      contacts: this.roster.all(),
      requests: this.roster.allRequests(),
      conversations: this.history.summaries(),
      blocked: this.blocklist.all(),
      line: this.lineState,
      settings: this.prefs.settings,
      server: this.features.summary(),
      people: this.strangers().map((jid) => this.profiles.get(jid)).filter((p) => p.nickname || p.avatar),
    };
  }
  close(): void {
    clearTimeout(this.forwardTimer);
    this.prefs.close();
    this.typing.close();
    this.line.stop();
  }

  private setLine(line: LineState): void {
    this.lineState = line;
    this.host.emit({ type: 'line', line });
  }

  // --- the session ---

  private loggedIn(login: LoggedIn): void {
    if (login.token) this.host.tokenGiven(login.token.token);
    this.link.attach(login, (resumed) => {
      if (!resumed) this.begin();
    });
    if (!this.link.up) return;
    this.setLine({ state: 'online' });
    if (!this.active) this.link.sendNonza(el('inactive', { xmlns: NS.csi }));
    if (!this.settled) {
      if (login.resumed) this.settle(); // an earlier try was cut off
      return;
    }
    this.outbox.flush();
    this.bringRest();
  }

  private begin(): void {
    this.settled = false;
    ++this.sessions;
    this.outbox.sessionLost();
    this.roster.reset();
    this.typing.close();
    this.support.forget();
    this.own.reset();
    void this.roster.fetch().catch(() => undefined).then(() => {
      this.own.sendPresence();
      this.roster.fetchProfiles();
      for (const jid of this.strangers()) this.meet(jid);
    });
    void this.blocklist.fetch().catch(() => undefined);
    void this.features.fetch().then(() => {
      this.own.serverKnown();
      this.host.emit(this.snapshot());
    }).catch(() => undefined);
    this.profiles.want(this.host.own);
    this.settle();
  }

  /** One at a time: what a try has asked is still answered after a session was resumed, and two would work on the same gap. */
  private settle(): void {
    const session = this.sessions;
    this.firstSync = this.firstSync.then(() => (session === this.sessions && !this.settled ? this.settleNow(session) : undefined));
  }
  /** Read positions first, so that counts are right when messages come; then the news; then what is in doubt. */
  private async settleNow(session: number): Promise<void> {
    try {
      await this.prefs.fetch();
      await this.sync.catchUp();
      await this.sync.settle();
      await this.reading.sayAgain();
      if (session !== this.sessions) return;
      this.settled = true;
      this.outbox.flush();
      this.bringRest();
    } catch {
      // The line went down, and coming back begins here again; or the archive does not answer, and it is tried again.
      if (this.link.up) setTimeout(() => this.link.up && this.settle(), 5_000);
    }
  }
  /** The newest messages of conversations with a long way back to them. Cut off, it goes on with the next line. */
  private bringRest(): void {
    this.bringing ??= this.sync.bringBehind().catch(() => undefined).finally(() => (this.bringing = null));
  }
  /** Resolves when there is anything to show of the past. */
  async ready(): Promise<void> {
    if (this.history.tailFrom === '' && this.link.up) await this.firstSync;
  }

  // --- what goes out ---

  private transmit(record: OutboxRecord): void {
    this.signals.wrote(record.command.to);
    const nick = this.isStranger(record.command.to) && !this.history.conversation(record.command.to).record.readUpTo ? this.own.self().nickname : '';
    this.link.send(stanzaOf(record, { askReceipts: true, nick, states: this.signals.knowsTyping(record.command.to) }), record.id);
  }
  private async acked(id: string): Promise<void> {
    await this.outbox.acked(id);
    if (this.settled) void this.sync.forward().catch(() => undefined);
  }
  private async outboxChanged(item: Item): Promise<void> {
    if (isMessage(item)) return this.history.refresh(item.conversation, item.id);
    await this.history.refresh(item.conversation, item.target);
    await this.history.refresh(item.conversation, '~' + item.target);
  }
  /** What was just put into the outbox appears. */
  shown(item: Item): Promise<void> {
    return this.outboxChanged(item);
  }

  setActive(active: boolean): void {
    if (this.active === active) return;
    this.active = active;
    this.link.sendNonza(el(active ? 'active' : 'inactive', { xmlns: NS.csi }));
  }
  async setShow(show: OwnShow, status: string): Promise<void> {
    const hidden = this.own.invisible;
    await this.own.setShow(show, status);
    // Those that were not asked for meanwhile.
    if (hidden && !this.own.invisible) this.roster.fetchProfiles();
  }
  private isStranger(jid: BareJid): boolean {
    return !this.roster.has(jid) && jid !== this.host.own;
  }
  private strangers(): BareJid[] {
    const known = [...this.history.summaries().map((c) => c.jid), ...this.roster.allRequests().map((r) => r.jid)];
    return [...new Set(known)].filter((jid) => this.isStranger(jid));
  }
  /** Who is no contact is asked for his card only where the own server answers: a question to another one would tell him that one is here. */
  private meet(jid: BareJid, nick?: string): void {
    if (!this.isStranger(jid)) return;
    if (nick) this.profiles.heard(jid, nick);
    if (domain(jid) === domain(this.host.own)) this.profiles.seen(jid, undefined);
  }
  private meetAll(items: Item[]): void {
    for (const item of items) if (isMessage(item) && !item.mine) this.meet(item.conversation, item.nick);
  }
  private takesNudges(): boolean {
    return this.prefs.settings.nudges !== false;
  }
  setSettings(patch: Partial<Settings>): Promise<void> {
    return this.prefs.setSettings(patch);
  }

  // --- what comes in ---

  private stanza(stanza: Element): void {
    if (stanza.name === 'message') this.message(stanza);
    else if (stanza.name === 'presence') this.presence(stanza);
    else this.request(stanza);
  }

  private presence(stanza: Element): void {
    if (bare(attr(stanza, 'from')) !== this.host.own) return this.roster.presence(stanza);
    const photo = child(child(stanza, 'x', NS.vcardUpdate), 'photo');
    if (photo && attr(stanza, 'from') !== this.link.jid) this.profiles.seen(this.host.own, photo.getText());
  }

  private request(iq: Element): void {
    const payload = children(iq)[0];
    const from = attr(iq, 'from');
    const byServer = from === '' || from === this.host.own;
    if (attr(iq, 'type') === 'set' && payload && byServer) {
      const push = payload.is('query', NS.roster) ? () => this.roster.push(payload)
        : payload.getNS() === NS.blocking ? () => this.blocklist.push(payload) : null;
      if (push) {
        this.link.send(el('iq', { type: 'result', id: attr(iq, 'id'), to: from || undefined }));
        return push();
      }
    }
    // Whoever may ask is answered as if nobody were there.
    this.link.send(this.own.invisible && !byServer && bare(from) !== this.host.own ? refusalOf(iq) : answerTo(iq, this.takesNudges()));
  }

  private message(stanza: Element): void {
    if (this.inbox.take(stanza) || this.archive.take(stanza)) return;
    const { own } = this.host;
    const carbon = carbonOf(stanza, own);
    if (carbon === 'forged') return;
    const message = carbon?.message ?? stanza;
    if (bare(attr(message, 'from')) === own && this.toldByOwn(message)) return;
    const item = parseMessage(message, { own, at: carbon?.at, now: this.host.now() });
    this.typing.heard(message, own, item);
    this.signals.heard(message, item);
    if (item) void this.take(item, carbon !== null);
  }

  /** What own devices tell each other, beside how far something has been read. */
  private toldByOwn(message: Element): boolean {
    const told = childNs(message, NS.web);
    if (told?.is('changed')) {
      if (attr(message, 'from') !== this.link.jid) void this.prefs.fetch().catch(() => undefined);
    } else if (told?.is('answered')) this.roster.dropRequest(attr(told, 'request'));
    else return false;
    return true;
  }

  private async take(item: Item, carbon: boolean): Promise<void> {
    const failed = item.kind === 'error' ? await this.outbox.fail(item.target, item.failure ?? 'undefined-condition') : undefined;
    if (isMessage(item) && !item.mine) this.meet(item.conversation, item.nick);
    await this.history.ingest([item], { live: true });
    if (failed && !isMessage(failed)) await this.changeFailed(failed, item);
    if (isMessage(item) && item.attention && !item.mine && this.takesNudges()) this.host.emit({ type: 'nudged', conversation: item.conversation, from: item.from, at: item.at });
    if (isMessage(item) && !item.mine && item.wantsReceipt && item.wire && !carbon) this.signals.received(item.conversation, item.wire);
    if (item.entry) this.forwardSoon();
  }
  private async changeFailed(change: ModItem, error: Item): Promise<void> {
    await this.outboxChanged(change);
    const { conversation, wire: id, kind: what } = change;
    const why = (!isMessage(error) && error.failure) || 'undefined-condition';
    if (what === 'edit' || what === 'withdraw' || what === 'react') this.host.emit({ type: 'change-failed', conversation, id, what, why });
  }
  /** What came while nobody was there gets its receipt now; what is older was for a device that is gone, and its time has passed. */
  private async confirm(items: Item[], since: EntryId): Promise<void> {
    const recent = (item: Item): boolean => (since ? compareEntries(item.entry, since) > 0 : item.at > this.host.now() - RECEIPT_MS);
    this.meetAll(items);
    for (const item of items) {
      if (!isMessage(item) || item.mine || !item.wantsReceipt || !item.wire || !recent(item)) continue;
      const mods = await this.host.store.modsOf(item.conversation, item.wire);
      if (!mods.some((m) => m.kind === 'receipt' && m.mine)) this.signals.received(item.conversation, item.wire);
    }
  }
  /** The tail's end follows what comes live, lazily: what is fetched again then is known already. */
  private forwardSoon(): void {
    clearTimeout(this.forwardTimer);
    this.forwardTimer = setTimeout(() => {
      if (this.settled && this.link.up) void this.sync.forward().catch(() => undefined);
    }, FORWARD_AFTER_MS);
  }

  private profileChanged(jid: BareJid): void {
    this.host.emit({ type: 'profile', profile: this.profiles.get(jid) });
    if (jid === this.host.own) this.own.profileChanged();
    else this.roster.announce(jid);
  }
}
