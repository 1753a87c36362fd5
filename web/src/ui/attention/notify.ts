import type { BareJid, Message } from '../../model/types';
import type { Ui } from '../context';
import { avatarOf, nameOf } from '../names';

export type Permission = 'granted' | 'denied' | 'default' | 'unsupported';

export function permission(): Permission {
  return 'Notification' in window && isSecureContext ? Notification.permission : 'unsupported';
}

export async function askPermission(): Promise<Permission> {
  return permission() === 'unsupported' ? 'unsupported' : Notification.requestPermission();
}

/** One notification for a conversation, the newest message; pressing it opens the conversation. By the service worker, so that it
    still can when this page has been closed (public/sw.js); by the page where there is none. */
export function notify(ui: Ui, { id, conversation, from }: Pick<Message, 'id' | 'conversation' | 'from'>, words: string, again = true): void {
  if (permission() !== 'granted') return;
  const title = nameOf(ui.state, from);
  const options: NotificationOptions & { renotify: boolean } = {
    body: words.slice(0, 200),
    // The next one takes the place of the one before, and calls as loudly.
    tag: conversation, renotify: again, silent: !again,
    icon: avatarOf(ui.state, from) || '/icon-192.png', lang: ui.language(), data: { conversation },
  };
  shown.set(conversation, { id });
  byWorker(title, options).catch(() => byPage(ui, conversation, title, options)).catch(() => undefined);
}

/** By conversation, what this page has had shown, of which message; without `by` where the service worker made it. */
const shown = new Map<BareJid, { id: string; by?: Notification }>();

/** Whether this very message is what the notification of its conversation shows. */
export function isShown({ id, conversation }: Message): boolean {
  return shown.get(conversation)?.id === id;
}

/** What has been read, here or on another device, calls no more. */
export function dismiss(conversation: BareJid): void {
  if (!shown.has(conversation)) return;
  shown.get(conversation)?.by?.close();
  shown.delete(conversation);
  const close = async (): Promise<void> => {
    const worker = await navigator.serviceWorker?.getRegistration();
    for (const one of (await worker?.getNotifications({ tag: conversation })) ?? []) one.close();
  };
  close().catch(() => undefined);
}

async function byWorker(title: string, options: NotificationOptions): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration();
  if (!worker?.active) throw new Error('no service worker');
  await worker.showNotification(title, options);
}

function byPage(ui: Ui, conversation: BareJid, title: string, options: NotificationOptions): void {
  const notification = new Notification(title, options);
  const kept = shown.get(conversation);
  if (kept) kept.by = notification;
  notification.onclick = () => {
    window.focus();
    ui.nav.openChat(conversation);
    notification.close();
  };
}
