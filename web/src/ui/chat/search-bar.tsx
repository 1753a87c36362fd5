import { createMemo, createSignal, onMount, Show, type JSX } from 'solid-js';
import { unwrap } from 'solid-js/store';
import { useUi } from '../context';
import { IconButton } from '../kit/button';
import { Icon } from '../kit/icons';
import { useSession } from './session';

/** Search in what is loaded of this conversation: hits marked, arrows go from one to the next, newest first. */
export function SearchBar(props: { onClose: () => void }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const [at, setAt] = createSignal(0);
  let input!: HTMLInputElement;
  const hits = createMemo<string[]>(() => {
    const words = session.marked().trim().toLowerCase();
    if (!words) return [];
    void ui.state.windows[session.jid]?.messages.length;
    const found = unwrap(ui.state.windows[session.jid]?.messages ?? []).filter((m) => !m.withdrawn && (m.text.toLowerCase().includes(words) || m.file?.name.toLowerCase().includes(words)));
    return found.map((m) => m.id).reverse();
  });
  const go = (to: number): void => {
    session.setHit('');
    if (!hits().length) return;
    setAt((to + hits().length) % hits().length);
    session.setHit(hits()[at()]!);
    session.list.toMessage(hits()[at()]!);
  };
  const typed = (words: string): void => {
    session.setMarked(words);
    go(0);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') props.onClose();
    else if (event.key === 'Enter') go(at() + (event.shiftKey ? -1 : 1));
    else if (event.key === 'ArrowUp') go(at() + 1);
    else if (event.key === 'ArrowDown') go(at() - 1);
    else return;
    event.preventDefault();
  };
  const found = (): string => {
    if (!session.marked().trim()) return '';
    return hits().length ? ui.t('search.hit', { n: at() + 1, total: hits().length }) : ui.t('search.nothing');
  };
  onMount(() => input.focus());
  return (
    <div class="chat-search" role="search">
      <label class="search-box">
        <Icon name="search" /><span class="sr-only">{ui.t('search.inChat')}</span>
        <input ref={input} type="search" placeholder={ui.t('search.inChat')} value={session.marked()} onInput={(event) => typed(event.currentTarget.value)} onKeyDown={keys} />
      </label>
      <span class="search-count" role="status">{found()}</span>
      <IconButton icon="up" label={ui.t('search.older')} disabled={!hits().length} onClick={() => go(at() + 1)} />
      <IconButton icon="down" label={ui.t('search.newer')} disabled={!hits().length} onClick={() => go(at() - 1)} />
      <IconButton icon="close" label={ui.t('common.close')} onClick={() => props.onClose()} />
      <Show when={ui.state.windows[session.jid]?.atStart === false}><p class="search-scope">{ui.t('search.scope')}</p></Show>
    </div>
  );
}
