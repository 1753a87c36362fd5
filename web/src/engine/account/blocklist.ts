// Blocked addresses (XEP-0191).
import type { BareJid } from '../../model/types';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, el, type Element } from '../xmpp/xml';

const jidsOf = (list: Element | undefined): BareJid[] => list?.getChildren('item', NS.blocking).map((i) => attr(i, 'jid')) ?? [];

export class Blocklist {
  private jids = new Set<BareJid>();

  constructor(
    private readonly link: Link,
    private readonly changed: (all: BareJid[]) => void,
    private readonly touched: (jid: BareJid) => void,
  ) {}

  has(jid: BareJid): boolean {
    return this.jids.has(jid);
  }
  all(): BareJid[] {
    return [...this.jids];
  }
  async fetch(): Promise<void> {
    const answer = await this.link.iq('get', el('blocklist', { xmlns: NS.blocking }));
    this.replace(new Set(jidsOf(child(answer, 'blocklist', NS.blocking))));
  }
  async set(jid: BareJid, blocked: boolean): Promise<void> {
    await this.link.iq('set', el(blocked ? 'block' : 'unblock', { xmlns: NS.blocking }, el('item', { jid })));
    const next = new Set(this.jids);
    if (blocked) next.add(jid);
    else next.delete(jid);
    this.replace(next);
  }
  push(payload: Element): void {
    const jids = jidsOf(payload);
    const next = new Set(this.jids);
    if (payload.getName() === 'block') jids.forEach((j) => next.add(j));
    else if (jids.length === 0) next.clear();
    else jids.forEach((j) => next.delete(j));
    this.replace(next);
  }
  private replace(next: Set<BareJid>): void {
    const touched = [...new Set([...this.jids, ...next])].filter((j) => this.jids.has(j) !== next.has(j));
    if (!touched.length) return;
    this.jids = next;
    this.changed(this.all());
    touched.forEach(this.touched);
  }
}
