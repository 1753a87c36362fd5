// What others see of the user: presence, status, profile.
import type { BareJid, OwnShow, Profile } from '../../model/types';
import type { Event } from '../contract';
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
  /** Nobody's presence comes any more. */
  wentUnseen(): void;
}

export class Own {
  private show: OwnShow = 'online';
  private status = '';
  private visible = false;
  private said = '';

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
  /** A session's first, or a change. */
  sendPresence(): void {
    const { link, profiles, own } = this.host;
    if (this.invisible) {
      if (this.visible) {
        link.send(el('presence', { type: 'unavailable' }));
        this.host.wentUnseen();
      }
      this.visible = false;
      return;
    }
    this.visible = true;
    const nudges = this.host.nudges();
    this.said = capsVer(nudges);
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
    if (this.visible && this.host.link.up && this.said !== capsVer(this.host.nudges())) this.sendPresence();
  }
  profileChanged(): void {
    this.host.emit({ type: 'self', self: this.self() });
    if (this.visible && this.host.link.up) this.sendPresence();
  }
}
