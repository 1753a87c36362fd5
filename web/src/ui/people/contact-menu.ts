// What one can do with a person.
import type { Contact } from '../../model/types';
import type { Ui } from '../context';
import type { MenuItem, MenuRequest } from '../kit/menu';
import { nameOf } from '../names';

export function contactMenu(ui: Ui, c: Contact, at: MenuRequest['at'], extra: MenuItem[] = []): void {
  const name = nameOf(ui.state, c.jid);
  ui.menu({
    label: name, at,
    items: [
      ...(ui.nav.route().chat === c.jid ? [] : [{ label: ui.t('contact.chat'), icon: 'chats' as const, act: () => ui.nav.openChat(c.jid) }]),
      { label: ui.t('profile.open'), icon: 'person', act: () => ui.nav.open({ kind: 'profile', jid: c.jid }) },
      ...extra,
      c.blocked
        ? { label: ui.t('contact.unblock'), icon: 'block', act: () => void ui.run({ do: 'unblock', jid: c.jid }) }
        : { label: ui.t('contact.block'), icon: 'block', act: () => void block(ui, c.jid) },
      { label: ui.t('contact.remove'), icon: 'trash', danger: true, act: () => void removeContact(ui, c.jid) },
    ],
  });
}

export function strangerMenu(ui: Ui, jid: string, at: MenuRequest['at'], extra: MenuItem[] = []): void {
  ui.menu({
    label: nameOf(ui.state, jid), at,
    items: [
      { label: ui.t('profile.open'), icon: 'person', act: () => ui.nav.open({ kind: 'profile', jid }) },
      ...extra,
      { label: ui.t('add.title'), icon: 'addPerson', act: () => ui.nav.open({ kind: 'add', jid }) },
      ui.state.blocked.includes(jid)
        ? { label: ui.t('contact.unblock'), icon: 'block', act: () => void ui.run({ do: 'unblock', jid }) }
        : { label: ui.t('contact.block'), icon: 'block', danger: true, act: () => void block(ui, jid) },
    ],
  });
}

export function blocked(ui: Ui, jid: string): boolean {
  return ui.state.blocked.includes(jid) || !!ui.state.contacts[jid]?.blocked;
}

export async function block(ui: Ui, jid: string): Promise<void> {
  const name = nameOf(ui.state, jid);
  const sure = await ui.ask({ title: ui.t('block.title', { name }), text: ui.t('block.text'), yes: ui.t('contact.block'), danger: true });
  if (sure) await ui.run({ do: 'block', jid }, ui.t('block.done', { name }));
}

export async function removeContact(ui: Ui, jid: string): Promise<void> {
  const name = nameOf(ui.state, jid);
  const sure = await ui.ask({ title: ui.t('remove.title', { name }), text: ui.t('remove.text'), yes: ui.t('contact.remove'), danger: true });
  if (sure && (await ui.run({ do: 'remove-contact', jid })) && ui.nav.route().overlay) ui.nav.back();
}
