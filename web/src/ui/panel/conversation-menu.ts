import type { Conversation, Message } from '../../model/types';
import type { Ui } from '../context';
import type { MenuItem, MenuRequest } from '../kit/menu';
import { nameOf } from '../names';

export function pinAndMute(ui: Ui, c: Conversation): MenuItem[] {
  const conversation = c.jid;
  return [
    { label: ui.t(c.pinned ? 'conversations.unpin' : 'conversations.pin'), icon: 'pin', act: () => void ui.run({ do: 'pin', conversation, on: !c.pinned }) },
    { label: ui.t(c.muted ? 'conversations.unmute' : 'conversations.mute'), icon: c.muted ? 'bell' : 'mute', act: () => void ui.run({ do: 'mute', conversation, on: !c.muted }) },
  ];
}

/** What one can do with a conversation from the list of them. */
export function conversationMenu(ui: Ui, c: Conversation, at: MenuRequest['at']): void {
  const conversation = c.jid;
  const items = pinAndMute(ui, c);
  if (c.unread > 0) items.push({ label: ui.t('conversations.markRead'), icon: 'checks', act: () => void markRead(ui, conversation) });
  items.push(
    { label: ui.t('profile.open'), icon: 'person', act: () => ui.nav.open({ kind: 'profile', jid: conversation }) },
    { label: ui.t('conversations.remove'), icon: 'trash', danger: true, act: () => void remove(ui, conversation) },
  );
  ui.menu({ label: nameOf(ui.state, conversation), at, items });
}

async function remove(ui: Ui, conversation: string): Promise<void> {
  const sure = await ui.ask({
    title: ui.t('conversations.removeTitle'), text: ui.t('conversations.removeText', { name: nameOf(ui.state, conversation) }), yes: ui.t('conversations.remove'), danger: true,
  });
  if (!sure) return;
  if (ui.nav.route().chat === conversation) ui.nav.leaveChat();
  await ui.run({ do: 'forget-conversation', conversation });
}

/** The newest entry is what has been read; where its page is not here yet it is asked for first. */
async function markRead(ui: Ui, conversation: string): Promise<void> {
  const newest = (): Message | undefined => {
    const win = ui.state.windows[conversation];
    return win?.atEnd ? win.messages.findLast((m) => m.entry !== undefined) : undefined;
  };
  if (!newest() && !(await ui.run({ do: 'page', conversation, at: { newest: true }, limit: 30 }))) return;
  const message = newest();
  if (message) await ui.run({ do: 'read', conversation, through: message.entry!, id: message.id });
}
