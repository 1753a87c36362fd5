// What one can do with a message.
import type { Message } from '../../model/types';
import type { Ui } from '../context';
import { copyText } from '../kit/clipboard';
import type { MenuItem, MenuRequest } from '../kit/menu';
import { fullDescription } from './describe';
import { safeHref } from './links';
import type { Session } from './session';
import { toggleReaction, withdraw } from './send';

export const quickReactions = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** It is in the log, so that others can know which one is meant. */
export const canReact = (m: Message): boolean => m.entry !== undefined && !m.withdrawn && m.kind === 'text';
export const canEdit = (m: Message): boolean => m.mine && canReact(m) && m.text !== '' && !m.file && !m.unreadable;

export function messageMenu(ui: Ui, session: Session, m: Message, at: MenuRequest['at']): void {
  const self = ui.state.self!.jid;
  const then = (kind: 'reply' | 'edit') => (): void => {
    session.setTask({ kind, message: m });
    session.composer.focus();
  };
  const items: MenuItem[] = [];
  if (canReact(m)) items.push({ label: ui.t('action.reply'), icon: 'reply', act: then('reply') });
  if (canEdit(m)) items.push({ label: ui.t('action.edit'), icon: 'edit', act: then('edit') });
  if (m.text && !m.withdrawn) items.push({ label: ui.t('action.copy'), icon: 'copy', act: () => void copy(ui, m.text) });
  if (m.file && safeHref(m.file.url)) items.push({ label: ui.t('action.copyLink'), icon: 'copy', act: () => void copy(ui, m.file!.url) });
  if ((m.text || m.file) && !m.withdrawn && !m.unreadable) items.push({ label: ui.t('action.forward'), icon: 'share', act: () => session.setForwarding(m) });
  if (canReact(m)) items.push({ label: ui.t('action.moreReactions'), icon: 'smile', act: () => session.setReacting(m) });
  items.push({ label: ui.t('action.details'), icon: 'info', act: () => void ui.ask({ title: ui.t('action.details'), text: fullDescription(ui, m), yes: ui.t('common.ok'), tells: true }) });
  if (m.delivery === 'failed') {
    items.push({ label: ui.t('common.retry'), icon: 'undo', act: () => void ui.run({ do: 'retry', id: m.id, to: m.conversation }) });
    items.push({ label: ui.t('delivery.discard'), icon: 'trash', danger: true, act: () => void ui.run({ do: 'discard', id: m.id, to: m.conversation }) });
  } else if (m.mine && canReact(m)) {
    items.push({ label: ui.t('action.withdraw'), icon: 'undo', danger: true, act: () => void withdraw(ui, m) });
  }
  const quick = canReact(m)
    ? quickReactions.map((emoji) => ({ label: ui.t('action.reactWith', { emoji }), text: emoji, pressed: !!m.reactions[emoji]?.includes(self), act: () => toggleReaction(ui, m, emoji) }))
    : undefined;
  ui.menu({ label: ui.t('action.menu'), at, items, quick });
}

async function copy(ui: Ui, text: string): Promise<void> {
  ui.toast(ui.t((await copyText(text)) ? 'action.copied' : 'action.notCopied'));
}
