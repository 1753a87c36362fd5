// What the server offers (XEP-0030), of itself and of the account: decides what the screens offer.
import type { BareJid } from '../../model/types';
import type { AccountStore } from '../store/store';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, el } from '../xmpp/xml';

export class Features {
  private all = new Set<string>();
  private fetching: Promise<void> = Promise.resolve();

  constructor(
    private readonly link: Link,
    private readonly store: AccountStore,
    private readonly domain: string,
    private readonly own: BareJid,
  ) {}

  /** As they were the last time, so that the screens do not jump. */
  async load(): Promise<void> {
    this.all = new Set((await this.store.getMeta<string[]>('features')) ?? []);
  }

  fetch(): Promise<void> {
    return (this.fetching = this.fetchNow());
  }
  private async fetchNow(): Promise<void> {
    const found = await Promise.all([this.ask(this.domain), this.ask(this.own)]);
    this.all = new Set(found.flat());
    await this.store.setMeta('features', [...this.all]);
  }
  private async ask(jid: string): Promise<string[]> {
    const answer = await this.link.iq('get', el('query', { xmlns: NS.discoInfo }), jid);
    return child(answer, 'query', NS.discoInfo)?.getChildren('feature').map((f) => attr(f, 'var')) ?? [];
  }
  /** Once this session's server has said it; where it does not, as it was the last time. */
  async offers(feature: string): Promise<boolean> {
    await this.fetching.catch(() => undefined);
    return this.has(feature);
  }
  has(feature: string): boolean {
    return this.all.has(feature);
  }
  summary(): { domain: string; registration: boolean; devices: boolean; upload: boolean; search: boolean } {
    return { domain: this.domain, registration: this.has(NS.register), devices: this.has(NS.cam), upload: false, search: this.has(NS.fulltext) };
  }
}
