// What others see of the user: presence, status, profile.
import type { BareJid, OwnShow, Profile } from '../../model/types';
import type { Event } from '../contract';
import { IqError } from '../xmpp/errors';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { el } from '../xmpp/xml';
import type { AccountStore } from '../store/store';
import { capsElement, capsVer } from './answers';
import type { Profiles } from './profiles';
import { cardVersion } from './vcard';

/** RFC 6121 §4.7.2.1 has no word for busy but this one. */
const shows: Record<OwnShow, string> = { online: '', away: 'away', busy: 'dnd', dnd: 'dnd', invisible: '' };

export interface OwnHost {
  own: BareJid;
  store: AccountStore;
  link: Link;
  profiles: Profiles;
  emit(event: Event): void;
  /** Whether nudges are taken, which is said to others. */
  nudges(): boolean;
  /** The server knows invisibility (XEP-0186). */
  canHide(): boolean;
  /** Nobody's presence comes any more. */
  wentUnseen(): void;
}

export class Own {
  private show: OwnShow = 'online';
  private status = '';
  private visible = false;
  /** The server has been asked to hide this session. */
  private hidden = false;
  private caps = '';
  /** This session's first presence was due: what is sent from here on is a change. */
  private said = false;

  constructor(private readonly host: OwnHost) {}

  async load(): Promise<void> {
    const kept = await this.host.store.getMeta<{ show: OwnShow; status: string }>('presence');
    if (kept) ({ show: this.show, status: this.status } = kept);
  }
  /** No presence is sent, and nothing else that would tell that one is there. */
  get invisible(): boolean {
    return this.show === 'invisible';
  }
  self(): Profile & { show: OwnShow; status: string } {
    return { ...this.host.profiles.get(this.host.own), show: this.show, status: this.status };
  }
  async setShow(show: OwnShow, status: string): Promise<void> {
    this.show = show;
    this.status = status;
    await this.host.store.setMeta('presence', { show, status });
    this.host.emit({ type: 'self', self: this.self() });
    this.sendPresence();
  }
  /** A session begins: the server has heard nothing in it. */
  reset(): void {
    this.visible = this.hidden = this.said = false;
  }
  /** What the server can is known now, perhaps better than when this session's first presence was due. */
  serverKnown(): void {
    if (this.said && this.invisible) this.hide();
  }
  /** Before anything is said of this session to anyone. Where the server does not know how, nothing is. */
  private hide(): void {
    const { link } = this.host;
    if (this.hidden) return;
    if (!this.host.canHide()) return this.goOffline();
    this.hidden = true;
    this.visible = false;
    link.iq('set', el('invisible', { xmlns: NS.invisible, probe: 'true' })).catch((error: unknown) => {
      // Without an answer the session is over, and the next one begins with it.
      if (!(error instanceof IqError) || error.unanswered || !this.hidden) return;
      this.hidden = false;
      this.visible = true; // what it said before holds
      this.goOffline();
    });
  }
  private goOffline(): void {
    if (this.visible) {
      this.host.link.send(el('presence', { type: 'unavailable' }));
      this.host.wentUnseen();
    }
    this.visible = false;
  }
  /** A session's first, or a change. */
  sendPresence(): void {
    const { link, profiles, own } = this.host;
    this.said = true;
    if (this.invisible) return this.hide();
    // Answered in order: the presence behind it is a session's first (XEP-0186 §3.2).
    if (this.hidden) link.iq('set', el('visible', { xmlns: NS.invisible })).catch(() => undefined);
    this.hidden = false;
    this.visible = true;
    const nudges = this.host.nudges();
    this.caps = capsVer(nudges);
    link.send(el('presence', {},
      shows[this.show] !== '' && el('show', {}, shows[this.show]),
      this.status !== '' && el('status', {}, this.status),
      capsElement(nudges),
      // Before the own card is known, neither picture nor none is said (XEP-0153 §4.1).
      profiles.fetched(own) && el('card', { xmlns: NS.web, version: cardVersion(profiles.get(own)) }),
      el('x', { xmlns: NS.vcardUpdate }, profiles.fetched(own) && el('photo', {}, profiles.get(own).avatarHash))));
  }
  /** What one's app takes may have changed (XEP-0115 §5.2). */
  settingsChanged(): void {
    if (this.visible && this.host.link.up && this.caps !== capsVer(this.host.nudges())) this.sendPresence();
  }
  profileChanged(): void {
    this.host.emit({ type: 'self', self: this.self() });
    if (this.visible && this.host.link.up) this.sendPresence();
  }
}
