// What calls for attention outside of the conversation: title, sound, notification, a shake of the window, words for screen readers.
import { createEffect, on, onCleanup, untrack } from 'solid-js';
import { NUDGE_EVERY_MS, type Event } from '../../engine/contract';
import type { BareJid, Message } from '../../model/types';
import type { Ui } from '../context';
import { failureWord } from '../chat/delivery';
import { quoteText } from '../chat/send';
import { nameOf } from '../names';
import { dismiss, isShown, notify } from './notify';
import { firstTime, forgetTime } from './requests-told';
import { announce } from './live';
import { shake } from './shake';
import { play } from './sound';

/** Messages that come in one burst (catching up after a break) make one sound. */
const sound_every_ms = 1_500;

export function createAttention(ui: Ui): void {
  let soundAt = -Infinity;
  let shakenAt = -Infinity;
  const sound = (name: 'message' | 'nudge'): void => {
    if (!ui.state.settings.sounds || Date.now() - soundAt < sound_every_ms) return;
    soundAt = Date.now();
    play(name);
  };
  const quiet = (jid: BareJid): boolean => !!ui.state.conversations[jid]?.muted || ui.state.self?.show === 'dnd';
  /** Read out: not what one has asked to be left alone with, unless it is what one is reading. */
  const heard = (jid: BareJid): boolean => !quiet(jid) || ui.nav.route().chat === jid;
  const failed = new Set<string>();
  const onOwn = (m: Message): void => {
    if (m.delivery !== 'failed') return void failed.delete(m.id);
    if (failed.has(m.id)) return;
    failed.add(m.id);
    announce(`${ui.t('delivery.failed')}: ${wordsOf(m)}`);
  };
  const wordsOf = (m: Message): string => (m.kind === 'nudge' ? ui.t('nudge.last') : quoteText(ui, m));
  const preview = (words: string): string => (ui.state.settings.notificationPreview ? words : ui.t('notify.hidden'));
  const isNew = (m: Message): boolean => !m.mine && !m.withdrawn && !m.edited;
  const onNews = ({ message, away }: Extract<Event, { type: 'news' }>): void => {
    if (!isNew(message) || quiet(message.conversation)) return;
    if (message.kind === 'text') sound('message');
    if (away && ui.state.settings.notifications) notify(ui, message, preview(wordsOf(message)));
  };
  /** What is taken back or put right is no longer read in the notification either. */
  const onChanged = (message: Message): void => {
    if (message.withdrawn) dismiss(message.conversation);
    else if (message.edited) notify(ui, message, preview(wordsOf(message)), false);
  };
  const onRequest = ({ request: { jid, greeting }, away }: Extract<Event, { type: 'request-news' }>): void => {
    if (!firstTime(jid)) return;
    const words = ui.t('requests.from', { name: nameOf(ui.state, jid) });
    announce(`${words} ${greeting}`);
    if (quiet(jid)) return;
    sound('message');
    if (away && ui.state.settings.notifications) notify(ui, { id: 'request', conversation: jid, from: jid }, preview(`${words} ${greeting}`));
  };
  const onNudge = (event: Extract<Event, { type: 'nudged' }>): void => {
    // Only people one knows may shake the window.
    const known = ui.state.contacts[event.conversation];
    if (!known || known.blocked || quiet(event.conversation)) return;
    if (Date.now() - shakenAt < NUDGE_EVERY_MS) return;
    shakenAt = Date.now();
    sound('nudge');
    // Who did it is said, and not brought to the front: it would take the keyboard out of what one is writing to somebody else.
    if (ui.nav.route().chat !== event.conversation)
      ui.toast(ui.t('nudge.theirs', { name: nameOf(ui.state, event.from) }), false, { label: ui.t('nudge.look'), act: () => ui.nav.openChat(event.conversation) });
    shake(document.querySelector<HTMLElement>('.frame'));
  };
  onCleanup(ui.listen((event) => {
    if (event.type === 'message' && event.live && isNew(event.message) && heard(event.message.conversation)) announce(`${nameOf(ui.state, event.message.from)}: ${wordsOf(event.message)}`);
    else if (event.type === 'message' && event.message.mine) onOwn(event.message);
    else if (event.type === 'message' && isShown(event.message)) onChanged(event.message);
    else if (event.type === 'news') onNews(event);
    else if (event.type === 'request-news') onRequest(event);
    else if (event.type === 'request-gone') requestGone(event.jid);
    else if (event.type === 'conversation' && event.conversation.unread === 0) dismiss(event.conversation.jid);
    else if (event.type === 'nudged') onNudge(event);
    else if (event.type === 'change-failed') tellFailed(ui, event);
  }));
  createEffect(() => {
    const waiting = Object.values(ui.state.conversations).reduce((sum, c) => sum + (c.muted ? 0 : c.unread), 0) + ui.state.requests.length;
    document.title = waiting > 0 ? `(${waiting > 99 ? '99+' : waiting}) Rookery` : 'Rookery';
    if ('setAppBadge' in navigator) void (waiting ? navigator.setAppBadge(waiting) : navigator.clearAppBadge()).catch(() => undefined);
  });
  onCleanup(() => { document.title = 'Rookery'; });
  tellLook(ui);
}

function requestGone(jid: BareJid): void {
  forgetTime(jid);
  dismiss(jid);
}

/** What one did to a message has been taken back on the screen: that is said, with another try. */
function tellFailed(ui: Ui, { conversation, id, what, why }: Extract<Event, { type: 'change-failed' }>): void {
  const word = failureWord(ui.t, why);
  const text = ui.t(`change.${what}`) + (word ? ` (${word})` : '');
  ui.toast(text, true, { label: ui.t('common.retry'), act: () => void ui.run({ do: 'retry', id, to: conversation }) });
}

/** From the start on: a tab opened behind the others has never been looked at. */
function tellLook(ui: Ui): void {
  const tell = (): void => {
    const visible = document.visibilityState === 'visible';
    const conversation = untrack(() => ui.nav.route().chat);
    ui.dispatch({ do: 'focus', visible, focused: visible && document.hasFocus(), conversation }).catch(() => undefined);
  };
  createEffect(on(() => ui.nav.route().chat, tell));
  document.addEventListener('visibilitychange', tell);
  for (const name of ['focus', 'blur'] as const) addEventListener(name, tell);
  onCleanup(() => {
    document.removeEventListener('visibilitychange', tell);
    for (const name of ['focus', 'blur'] as const) removeEventListener(name, tell);
  });
}
