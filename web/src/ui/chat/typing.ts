import type { BareJid } from '../../model/types';
import type { Ui } from '../context';

const paused_after_ms = 4_000;

/** Chat states (XEP-0085): composing while one types, paused after a while, active when the line is empty again. */
export function createTyping(ui: Ui, to: BareJid): { typed: (text: string) => void; stop: () => void } {
  let state: 'composing' | 'paused' | 'active' = 'active';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (next: typeof state): void => {
    if (next === state) return;
    state = next;
    if (ui.state.settings.sendTyping) ui.dispatch({ do: 'typing', to, state: next }).catch(() => undefined);
  };
  return {
    typed: (text) => {
      clearTimeout(timer);
      tell(text.trim() ? 'composing' : 'active');
      if (text.trim()) timer = setTimeout(() => tell('paused'), paused_after_ms);
    },
    stop: () => {
      clearTimeout(timer);
      tell('active');
    },
  };
}
