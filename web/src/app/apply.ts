// From one state to the next in a Solid store, touching only what changed: the reducers keep the identity of the rest.
import { batch } from 'solid-js';
import { reconcile, type SetStoreFunction } from 'solid-js/store';
import type { AppState, HistoryWindow } from '../model/types';

export function applyState(set: SetStoreFunction<AppState>, before: AppState, next: AppState): void {
  if (before === next) return;
  batch(() => {
    for (const key of Object.keys(next) as (keyof AppState)[]) {
      if (before[key] === next[key]) continue;
      if (key === 'contacts' || key === 'conversations') records(set, key, before[key] as Record<string, object>, next[key] as Record<string, object>);
      else if (key === 'windows') windows(set, before.windows, next.windows);
      else set(key as never, reconcile(next[key]) as never);
    }
  });
}

function records(set: SetStoreFunction<AppState>, key: 'contacts' | 'conversations', before: Record<string, object>, next: Record<string, object>): void {
  for (const id of Object.keys(before)) if (!(id in next)) set(key as never, id as never, undefined as never);
  for (const [id, value] of Object.entries(next)) if (before[id] !== value) set(key as never, id as never, reconcile(value) as never);
}

function windows(set: SetStoreFunction<AppState>, before: Record<string, HistoryWindow>, next: Record<string, HistoryWindow>): void {
  for (const jid of Object.keys(before)) if (!(jid in next)) set('windows', jid, undefined!);
  for (const [jid, window] of Object.entries(next)) {
    const old = before[jid];
    if (old === window) continue;
    if (!old) {
      set('windows', jid, window);
      continue;
    }
    const { messages, ...rest } = window;
    set('windows', jid, { ...rest, trouble: rest.trouble });
    // By id: a row that changed stays the row it was.
    if (old.messages !== messages) set('windows', jid, 'messages', reconcile(messages, { key: 'id' }));
  }
}
