// What calls for attention outside of the conversation: title, sound, notification, a shake of the window, words for screen readers.
import { createEffect, onCleanup } from 'solid-js';
import { NUDGE_EVERY_MS, type Event } from '../../engine/contract';
import type { Message } from '../../model/types';
import type { Ui } from '../context';
import { quoteText } from '../chat/send';
import { nameOf } from '../names';
import { notify } from './notify';
import { announce } from './live';
import { shake } from './shake';
import { play } from './sound';

/** Messages that come in one burst (catching up after a break) make one sound. */
const sound_every_ms = 1_500;

export function createAttention(ui: Ui): void {
  let soundAt = -Infinity;
  let shakenAt = -Infinity;
  const looking = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
  const sound = (name: 'message' | 'nudge'): void => {
    if (!ui.state.settings.sounds || Date.now() - soundAt < sound_every_ms) return;
    soundAt = Date.now();
    play(name);
  };
  const onMessage = (m: Message): void => {
    if (m.mine || m.withdrawn || m.edited) return;
    const here = looking() && ui.nav.route().chat === m.conversation;
    const words = m.kind === 'nudge' ? ui.t('nudge.last') : quoteText(ui, m);
    announce(`${nameOf(ui.state, m.from)}: ${words}`);
    if (ui.state.conversations[m.conversation]?.muted || ui.state.self?.show === 'dnd') return;
    if (!here && m.kind === 'text') sound('message');
    if (!looking() && ui.state.settings.notifications) notify(ui, m, words);
  };
  const onNudge = (event: Extract<Event, { type: 'nudged' }>): void => {
    // Only people one knows may shake the window and bring themselves to the front.
    const known = ui.state.contacts[event.conversation];
    if (!known || known.blocked || ui.state.conversations[event.conversation]?.muted || ui.state.self?.show === 'dnd') return;
    if (Date.now() - shakenAt < NUDGE_EVERY_MS) return;
    shakenAt = Date.now();
    sound('nudge');
    ui.nav.openChat(event.conversation);
    shake(document.querySelector<HTMLElement>('.frame'));
  };
  onCleanup(ui.listen((event) => {
    if (event.type === 'message' && event.live) onMessage(event.message);
    else if (event.type === 'nudged') onNudge(event);
  }));
  createEffect(() => {
    const unread = Object.values(ui.state.conversations).reduce((sum, c) => sum + (c.muted ? 0 : c.unread), 0);
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) Rookery` : 'Rookery';
    if ('setAppBadge' in navigator) void (unread ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => undefined);
  });
  onCleanup(() => { document.title = 'Rookery'; });
  const focus = (): void => { ui.dispatch({ do: 'focus', active: document.visibilityState === 'visible' }).catch(() => undefined); };
  document.addEventListener('visibilitychange', focus);
  onCleanup(() => document.removeEventListener('visibilitychange', focus));
}
