// What becomes of "this has been read": the own position moves, own devices learn of it, and the other one is told.
import { messageId } from '../../model/item';
import type { BareJid, EntryId } from '../../model/types';
import type { AccountStore } from '../store/store';
import type { History } from './history';
import type { Preferences } from './preferences';
import type { Signals } from './signals';

export interface ReadingHost {
  store: AccountStore;
  history: History;
  prefs: Preferences;
  signals: Signals;
}

export class Reading {
  constructor(private readonly host: ReadingHost) {}

  /** The message of this id, which is entry `through`, was on a screen that was looked at. */
  seen(jid: BareJid, id: string, through: EntryId): Promise<void> {
    const { store, history, prefs, signals } = this.host;
    return history.queued(async () => {
      const told = history.told(jid, through);
      const moved = await history.readTo(jid, through);
      if (!told && !moved) return;
      const { record } = history.conversation(jid);
      const item = told ? (await store.messagesById(jid, id))[0] : undefined;
      const marked = Boolean(item?.markable && item.wire) && signals.displayed(jid, item!.wire);
      if (marked) record.owed = { wire: item!.wire, through };
      await store.putConversation(record);
      history.announce(jid);
      // Where several have the id that the marker names, it does not tell own devices which one.
      const clear = marked && item!.id === messageId(item!);
      if (!clear && moved) signals.readHere(jid, through);
      if (moved) prefs.readMoved(jid, marked);
    });
  }

  /** A session was lost, and the archive has been caught up with: what it does not have did not arrive. */
  sayAgain(): Promise<void> {
    const { history, signals } = this.host;
    return history.queued(async () => {
      for (const { record } of history.conversations.values())
        if (record.owed) signals.displayed(record.jid, record.owed.wire);
    });
  }
}
