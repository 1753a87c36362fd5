// What has been read: the newest message that was on the screen while someone was looking at it.
import { createEffect, on, onCleanup, untrack } from 'solid-js';
import type { BareJid, Message } from '../../model/types';
import type { Ui } from '../context';
import { compareEntries, isAfter } from './entries';
import { firstFresh, type Row } from './rows';
import type { History } from './history';
import type { ScrollOwner } from './scroll';

export function createReading(ui: Ui, jid: BareJid, owner: ScrollOwner, history: History): { seen: () => void } {
  let told = '';
  const looking = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
  const seen = (): void => untrack(() => {
    const view = history.view();
    if (!view || !looking()) return;
    const message = lastOfOthers(view.rows, Math.min(owner.lastSeen(), view.rows.length - 1));
    const toldUpTo = ui.state.conversations[jid]?.toldUpTo;
    if (!message || !isAfter(message, toldUpTo) || (told && compareEntries(message.entry!, told) <= 0)) return;
    told = message.entry!;
    ui.dispatch({ do: 'read', conversation: jid, through: told, id: message.id }).catch(() => { told = ''; });
  });
  const back = (): void => { if (looking()) seen(); };
  addEventListener('focus', back);
  document.addEventListener('visibilitychange', back);
  onCleanup(() => (removeEventListener('focus', back), document.removeEventListener('visibilitychange', back)));
  // What comes while nobody looks gets the "new messages" mark; what one writes oneself takes it away.
  createEffect(on(() => history.view()?.rows.at(-1)?.message, (last, before) => {
    if (!last || !before || last.id === before.id) return;
    if (last.mine) history.setFresh(undefined);
    else if (!looking() && !untrack(history.freshId)) {
      const rows = untrack(history.view)!.rows;
      history.setFresh(firstFresh(rows.map((row) => row.message), before.entry)?.id);
    }
  }));
  return { seen };
}

function lastOfOthers(rows: readonly Row[], from: number): Message | undefined {
  for (let i = from; i >= 0; i--) {
    const { message } = rows[i]!;
    if (!message.mine && message.entry !== undefined) return message;
  }
  return undefined;
}
