// Names and pictures of people: cards are fetched when a picture's hash in presence is another than what is kept
// (XEP-0153), a few at a time, and kept in the browser.
import type { BareJid, Profile } from '../../model/types';
import { IqError } from '../xmpp/errors';
import type { Link } from '../xmpp/link';
import { domain } from '../xmpp/jid';
import { NS } from '../xmpp/ns';
import { child, el, type Element } from '../xmpp/xml';
import type { AccountStore } from '../store/store';
import { cardVersion, editVcard, emptyProfile, readVcard } from './vcard';

const AT_ONCE = 4;
const NICKS_MAX = 500;

export interface ProfilesHost {
  own: BareJid;
  link: Link;
  store: AccountStore;
  /** Another server is not to know that one is here. */
  invisible(): boolean;
  changed(profile: Profile): void;
}

export class Profiles {
  private readonly known = new Map<BareJid, Profile>();
  /** What strangers call themselves, until their card is known. */
  private nicks: Record<BareJid, string> = Object.create(null) as Record<BareJid, string>;
  /** What presence said when a card was last asked for: where the card does not bear it out, it is not asked for again. */
  private readonly tried = new Map<BareJid, string>();
  private readonly waiting: BareJid[] = [];
  private running = 0;

  constructor(private readonly host: ProfilesHost) {}

  async load(): Promise<void> {
    for (const profile of await this.host.store.profiles()) this.known.set(profile.jid, profile);
    Object.assign(this.nicks, await this.host.store.getMeta('nicks'));
  }
  get(jid: BareJid): Profile {
    const known = this.known.get(jid) ?? emptyProfile(jid);
    return known.nickname || !this.nicks[jid] ? known : { ...known, nickname: this.nicks[jid] };
  }
  /** A card was read, be it an empty one. */
  fetched(jid: BareJid): boolean {
    return this.known.has(jid);
  }
  /** The picture's hash and the card's version, as seen in presence; undefined: it was not told. */
  seen(jid: BareJid, hash: string | undefined, version?: string): void {
    if (!this.mayAsk(jid)) return;
    const kept = this.known.get(jid);
    const changed = kept && ((hash !== undefined && hash !== kept.avatarHash) || (version !== undefined && version !== cardVersion(kept)));
    if (kept && !changed) return;
    const told = `${hash} ${version}`;
    if (kept && this.tried.get(jid) === told) return;
    this.tried.set(jid, told);
    this.want(jid);
  }
  /** Said in a first message or a request (XEP-0172): not proof of anything, as a card is not. */
  heard(jid: BareJid, nick: string): void {
    if (this.nicks[jid] === nick) return;
    this.nicks = Object.assign(Object.create(null), Object.fromEntries([...Object.entries(this.nicks).slice(1 - NICKS_MAX), [jid, nick]]));
    void this.host.store.setMeta('nicks', { ...this.nicks });
    this.host.changed(this.get(jid));
  }
  /** Without being told to by the user: the question comes from one's full address. */
  private mayAsk(jid: BareJid): boolean {
    return !this.host.invisible() || domain(jid) === domain(this.host.own);
  }
  want(jid: BareJid): void {
    if (!this.waiting.includes(jid)) this.waiting.push(jid);
    this.run();
  }
  private run(): void {
    if (this.running >= AT_ONCE || !this.host.link.up) return;
    const jid = this.waiting.shift();
    if (jid === undefined) return;
    if (!this.mayAsk(jid)) return this.run();
    ++this.running;
    void this.fetch(jid)
      .catch(() => this.tried.delete(jid))
      .finally(() => {
        --this.running;
        this.run();
      });
    this.run();
  }

  /** Throws IqError; a card that is not there is an empty one. */
  async fetch(jid: BareJid): Promise<Profile> {
    const card = await this.card(jid);
    const profile = readVcard(jid, card);
    await this.keep(profile);
    return profile;
  }
  private async card(jid: BareJid): Promise<Element | undefined> {
    try {
      const answer = await this.host.link.iq('get', el('vCard', { xmlns: NS.vcard }), jid === this.host.own ? undefined : jid);
      return child(answer, 'vCard', NS.vcard);
    } catch (error) {
      if (error instanceof IqError && ['item-not-found', 'service-unavailable'].includes(error.error.condition)) return undefined;
      throw error;
    }
  }
  private async keep(profile: Profile): Promise<void> {
    this.known.set(profile.jid, profile);
    await this.host.store.putProfile(profile);
    this.host.changed(profile);
  }

  async change(patch: Partial<Profile>): Promise<void> {
    const { own, link } = this.host;
    const card = editVcard(patch, await this.card(own));
    await link.iq('set', card);
    await this.keep(readVcard(own, card));
  }
}
