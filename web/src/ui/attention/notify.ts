import type { Message } from '../../model/types';
import type { Ui } from '../context';
import { avatarOf, nameOf } from '../names';

export type Permission = 'granted' | 'denied' | 'default' | 'unsupported';

export function permission(): Permission {
  return 'Notification' in window && isSecureContext ? Notification.permission : 'unsupported';
}

export async function askPermission(): Promise<Permission> {
  return permission() === 'unsupported' ? 'unsupported' : Notification.requestPermission();
}

/** One notification for a conversation, the newest message; pressing it opens the conversation. */
export function notify(ui: Ui, m: Message, words: string): void {
  if (permission() !== 'granted') return;
  const title = nameOf(ui.state, m.from);
  const options: NotificationOptions = {
    body: ui.state.settings.notificationPreview ? words.slice(0, 200) : ui.t('notify.hidden'),
    tag: m.conversation, icon: avatarOf(ui.state, m.from) || '/icon-192.png', lang: ui.language(), data: { conversation: m.conversation },
  };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      ui.nav.openChat(m.conversation);
      notification.close();
    };
  } catch {
    // Android's Chromium allows them only to a service worker.
    void navigator.serviceWorker?.ready.then((worker) => worker.showNotification(title, options)).catch(() => undefined);
  }
}
