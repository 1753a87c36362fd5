import type { Ui } from '../context';
import { messageMenu } from './actions';
import type { Session } from './session';

/** Up and down go from message to message; Enter and the menu key open what one can do with it; Esc goes back to writing. */
export function listKeys(event: KeyboardEvent & { currentTarget: HTMLElement }, ui: Ui, session: Session): void {
  const target = event.target as HTMLElement;
  const own = target.closest<HTMLElement>('[data-message]');
  if (event.key === 'Escape') return session.composer.focus();
  if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    const all = inOrder(event.currentTarget);
    const next = own ? all[all.indexOf(own) + (event.key === 'ArrowUp' ? -1 : 1)] : nearestToEnd(all, event.currentTarget);
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
    return;
  }
  const id = own?.dataset['message'];
  if (!own || target !== own || !id || (event.key !== 'Enter' && event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey))) return;
  const message = ui.state.windows[session.jid]?.messages.find((m) => m.id === id);
  if (!message) return;
  event.preventDefault();
  messageMenu(ui, session, message, own.querySelector<HTMLElement>('.bubble') ?? own);
}

function inOrder(list: HTMLElement): HTMLElement[] {
  const top = (element: HTMLElement): number => element.getBoundingClientRect().top;
  return [...list.querySelectorAll<HTMLElement>('[data-message]')].sort((a, b) => top(a) - top(b));
}

function nearestToEnd(all: HTMLElement[], list: HTMLElement): HTMLElement | undefined {
  const bottom = list.getBoundingClientRect().bottom;
  return all.findLast((element) => element.getBoundingClientRect().bottom <= bottom + 4) ?? all.at(-1);
}
