// Pins, mutes, settings and read positions: here first, then on the server, then on the other devices (prefs.ts has the format).
import type { BareJid, Settings } from '../../model/types';
import type { Event } from '../contract';
import type { AccountStore } from '../store/store';
import type { Link } from '../xmpp/link';
import type { History } from './history';
import { fetchPrefs, fetchReads, noPrefs, onlyFollowing, storePrefs, storeReads, type Prefs } from './prefs';

/** Read positions go to the server at most so often: other devices know them by their own messages already. */
const READS_EVERY_MS = 10_000;

export interface PreferencesHost {
  link: Link;
  store: AccountStore;
  history: History;
  emit(event: Event): void;
  told(): void;
}

export class Preferences {
  private prefs: Prefs = noPrefs;
  private dirty = false;
  private readsTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly readsDirty = new Set<BareJid>();

  constructor(private readonly host: PreferencesHost) {}

  get settings(): Partial<Settings> {
    return this.prefs.settings;
  }
  pinned(jid: BareJid): boolean {
    return this.prefs.pinned.includes(jid);
  }
  muted(jid: BareJid): boolean {
    return this.prefs.muted.includes(jid);
  }

  async load(): Promise<void> {
    const kept = await this.host.store.getMeta<{ prefs: Prefs; dirty: boolean }>('prefs');
    if (kept) ({ prefs: this.prefs, dirty: this.dirty } = kept);
  }
  /** From the server, unless something here has not reached it yet. */
  async fetch(): Promise<void> {
    const { link, history } = this.host;
    const reads = await fetchReads(link);
    await history.queued(async () => {
      for (const [jid, entry] of Object.entries(reads)) {
        const told = history.told(jid, entry);
        if ((await history.readTo(jid, entry)) || told) history.announce(jid);
      }
    });
    if (this.dirty) return this.push();
    const given = await fetchPrefs(link);
    if (!given) return;
    const before = this.prefs;
    this.prefs = given;
    await this.keep();
    this.announce(before);
  }

  mark(what: 'pinned' | 'muted', jid: BareJid, on: boolean): Promise<void> {
    const rest = this.prefs[what].filter((j) => j !== jid);
    return this.change({ ...this.prefs, [what]: on ? [...rest, jid] : rest });
  }
  setSettings(patch: Partial<Settings>): Promise<void> {
    return this.change({ ...this.prefs, settings: { ...this.prefs.settings, ...onlyFollowing(patch) } });
  }
  private async change(next: Prefs): Promise<void> {
    const before = this.prefs;
    this.prefs = next;
    this.dirty = true;
    await this.keep();
    this.announce(before);
    if (this.host.link.up) await this.push().catch(() => undefined); // else with the next session
  }
  private async push(): Promise<void> {
    const sent = this.prefs;
    await storePrefs(this.host.link, sent);
    if (this.prefs === sent) this.dirty = false;
    await this.keep();
    this.host.told();
  }
  private keep(): Promise<void> {
    return this.host.store.setMeta('prefs', { prefs: this.prefs, dirty: this.dirty });
  }
  private announce(before: Prefs): void {
    const lists = [before.pinned, before.muted, this.prefs.pinned, this.prefs.muted].flat();
    for (const jid of new Set(lists)) {
      const same = before.pinned.includes(jid) === this.pinned(jid) && before.muted.includes(jid) === this.muted(jid);
      if (!same) this.host.history.announce(jid);
    }
    if (JSON.stringify(before.settings) !== JSON.stringify(this.settings)) this.host.emit({ type: 'settings', settings: this.settings });
  }

  /** `marked`: the archive has it too, so a device that signs in meanwhile finds it there. */
  readMoved(jid: BareJid, marked: boolean): void {
    this.readsDirty.add(jid);
    if (!marked) return void this.pushReads().then(() => this.host.told()).catch(() => undefined);
    this.readsTimer ??= setTimeout(() => void this.pushReads().catch(() => undefined), READS_EVERY_MS);
  }
  /** Also before signing out. */
  async pushReads(): Promise<void> {
    clearTimeout(this.readsTimer);
    this.readsTimer = undefined;
    if (!this.readsDirty.size || !this.host.link.up) return;
    const moved = [...this.readsDirty];
    this.readsDirty.clear();
    await storeReads(this.host.link, Object.fromEntries(moved.map((j) => [j, this.host.history.conversation(j).record.readUpTo])));
  }
  close(): void {
    clearTimeout(this.readsTimer);
  }
}
