import type { BareJid } from '../../model/types';
import type { Ui } from '../context';

const keep_after_ms = 400;

/** What is written and not sent, kept with the conversation. */
export function createDraft(ui: Ui, conversation: BareJid): { keep: (text: string) => void; flush: (text: string) => void; clear: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let kept = ui.state.conversations[conversation]?.draft ?? '';
  const save = (text: string): void => {
    clearTimeout(timer);
    if (text === kept) return;
    kept = text;
    ui.dispatch({ do: 'draft', conversation, text }).catch(() => undefined);
  };
  return {
    keep: (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => save(text), keep_after_ms);
    },
    flush: save,
    clear: () => save(''),
  };
}
