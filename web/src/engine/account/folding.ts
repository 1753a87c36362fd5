// What a message has come to: all that was said of it, by whichever name, here or on its way.
import { fold } from '../../model/fold';
import { wireId, type MessageItem, type ModItem } from '../../model/item';
import type { BareJid, EntryId, Message } from '../../model/types';
import type { AccountStore } from '../store/store';
import type { Outbox } from './outbox';

/** Names one message is looked for by: its own, and those of its corrections. */
const NAMES_MAX = 100;
/** A correction should name what was written first; one that names a correction is followed so far. */
const CHAIN_MAX = 4;

export class Folding {
  constructor(private readonly store: AccountStore, private readonly outbox: Outbox) {}

  async message(item: MessageItem, peerRead: EntryId): Promise<Message> {
    const { outbox } = this;
    const mods = await this.withoutRefused(item.conversation, await this.modsOf(item));
    return fold(await this.withQuote(item), mods, {
      peerRead, way: item.mine ? outbox.way(item.wire) : undefined, failure: outbox.failure(item.wire),
      pending: item.wire !== '' && outbox.pending(item.conversation, item.wire),
    });
  }

  /** All that was said of a message, by whichever name of it. */
  async modsOf({ conversation, wire, aka, from }: MessageItem): Promise<ModItem[]> {
    const { outbox, store } = this;
    const mods: ModItem[] = [];
    const names = new Set([wire, aka ?? ''].filter((name) => name !== ''));
    for (const name of names) {
      const found = [...(await store.modsOf(conversation, name)), ...outbox.modsOf(conversation, name)];
      mods.push(...found);
      for (const m of found) if (m.kind === 'edit' && m.from === from && m.wire && names.size < NAMES_MAX) names.add(m.wire);
    }
    return mods;
  }
  /** What a name on the wire stands for: itself, or what it is another name of. */
  async original(jid: BareJid, name: string): Promise<string> {
    let found = name;
    for (let step = 0; found && step < CHAIN_MAX; ++step) {
      const alias = (await this.store.modsOf(jid, found)).find((m) => m.kind === 'alias');
      const next = alias?.original ?? this.outbox.corrects(found);
      if (!next) break;
      found = next;
    }
    return found;
  }
  private async withQuote(item: MessageItem): Promise<MessageItem> {
    const { quote } = item;
    const wire = quote && wireId(quote.id);
    if (!wire) return item;
    const original = await this.original(item.conversation, wire);
    return original === wire ? item : { ...item, quote: { ...quote, id: (quote.id.startsWith('~') ? '~' : '') + original } };
  }
  /** Own changes that came back with an error were never made (XEP-0444 §3.2 for reactions). */
  private async withoutRefused(jid: BareJid, mods: ModItem[]): Promise<ModItem[]> {
    const out: ModItem[] = [];
    for (const mod of mods) {
      const change = mod.mine && mod.wire && (mod.kind === 'react' || mod.kind === 'edit' || mod.kind === 'withdraw');
      const refused = change && (await this.store.modsOf(jid, mod.wire)).some((m) => m.kind === 'error' && !m.mine);
      if (!refused) out.push(mod);
    }
    return out;
  }
}
