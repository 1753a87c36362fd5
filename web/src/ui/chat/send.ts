// What goes out of a conversation. Ids are made here: the message is on the screen before anyone else has heard of it.
import type { BareJid, Message } from '../../model/types';
import type { Ui } from '../context';
import { freshId } from '../kit/ids';
import { nudgeAllowed } from '../attention/nudge-limit';

export function sendText(ui: Ui, to: BareJid, text: string, replied?: Message): void {
  const quote = replied && { id: replied.id, author: replied.from, text: quoteText(ui, replied) };
  void ui.run({ do: 'send', id: freshId(), to, text, at: Date.now(), ...(quote ? { quote } : {}) });
}

/** What was said, to somebody else: the words, and each file where it lies. */
export function forwardTo(ui: Ui, to: BareJid, { text, file, moreFiles = [] }: Message): void {
  if (!file) return sendText(ui, to, text);
  [file, ...moreFiles].forEach((one, i) => void ui.run({ do: 'send', id: freshId(), to, text: i ? '' : text, file: { ...one }, at: Date.now() }));
}

export function sendEdit(ui: Ui, original: Message, text: string): void {
  void ui.run({ do: 'edit', id: freshId(), to: original.conversation, original: original.id, text, at: Date.now() });
}

export async function withdraw(ui: Ui, message: Message): Promise<void> {
  const sure = await ui.ask({ title: ui.t('withdraw.title'), text: ui.t('withdraw.text'), yes: ui.t('action.withdraw'), danger: true });
  if (sure) await ui.run({ do: 'withdraw', id: freshId(), to: message.conversation, original: message.id, words: ui.t('withdraw.fallback'), at: Date.now() });
}

export function sendNudge(ui: Ui, to: BareJid): void {
  if (!nudgeAllowed(to, Date.now())) return ui.toast(ui.t('nudge.tooSoon'));
  void ui.run({ do: 'nudge', id: freshId(), to, at: Date.now() });
}

/** One's reactions to a message are sent whole: with this one added, or taken out. */
export function toggleReaction(ui: Ui, message: Message, emoji: string): void {
  const self = ui.state.self!.jid;
  const mine = Object.keys(message.reactions).filter((one) => message.reactions[one]!.includes(self));
  const emojis = mine.includes(emoji) ? mine.filter((one) => one !== emoji) : [...mine, emoji];
  void ui.run({ do: 'react', id: freshId(), to: message.conversation, original: message.id, emojis, at: Date.now() });
}

/** The words of a message where only a line of it is shown. */
export function quoteText(ui: Ui, message: Message): string {
  if (message.withdrawn) return ui.t('chat.withdrawn');
  return message.text || (message.file ? message.file.name : '');
}
