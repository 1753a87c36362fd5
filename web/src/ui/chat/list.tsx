import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show, untrack, type JSX } from 'solid-js';
import { Virtualizer, type VirtualizerHandle } from 'virtua/solid';
import { useUi } from '../context';
import { Empty } from '../kit/empty';
import { Icon } from '../kit/icons';
import { nameOf } from '../names';
import { createHistory } from './history';
import { listKeys } from './list-keys';
import { createReading } from './reading';
import { MessageRow } from './row';
import { ScrollOwner } from './scroll';
import { useSession } from './session';

const scroll_keys = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', ' ']);

/** The history of a conversation. Scrolling belongs to `owner`; what is loaded to `history`; what has been read to `reading`. */
export function MessageList(): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const owner = new ScrollOwner((offset) => ((element.scrollTop = offset), element.scrollTop));
  const history = createHistory(ui, session.jid);
  const reading = createReading(ui, session.jid, owner, history);
  const [far, setFar] = createSignal(false);
  const [focused, setFocused] = createSignal<string | null>(null);
  let element!: HTMLDivElement;

  const look = (): void => {
    setFar(owner.fromEnd() > 320 || !history.atEnd());
    history.nearing(owner.fromStart(), owner.fromEnd());
    reading.seen();
  };
  const onScroll = (): void => {
    owner.scrolled();
    look();
  };
  createEffect(on(history.view, (view, before) => {
    if (!view) return;
    const anew = !before || before.generation !== view.generation;
    if (anew) owner.sticks = true;
    owner.rowsChanged(view.rows, view.change === 'append' || view.change === 'prepend' || view.change === 'same', view.change === 'prepend');
    if (anew) place();
    queueMicrotask(look);
  }));
  // A gap opened behind the last row: what follows is asked for, also where nobody scrolls.
  createEffect(on(() => history.window()?.atEnd, () => queueMicrotask(look), { defer: true }));
  /** Where a window opens: at what was looked for, else at the first new message, else at the end. */
  const place = (): void => {
    const target = history.takeTarget() ?? untrack(history.freshId);
    if (target && owner.toRow(target, 'center')) owner.scrolled();
    else owner.toEnd();
  };
  onMount(() => {
    const observer = new ResizeObserver(() => owner.resized());
    observer.observe(element);
    onCleanup(() => observer.disconnect());
    // At its upper end the list does not scroll, and says nothing of the hand that asks for more.
    const turned = (): void => {
      owner.turned();
      history.nearing(owner.fromStart(), owner.fromEnd());
    };
    const wheel = (event: WheelEvent): void => { if (event.deltaY && !event.ctrlKey) turned(); };
    element.addEventListener('wheel', wheel, { passive: true });
    element.addEventListener('touchmove', turned, { passive: true });
    // The scroll bar is the element itself.
    element.addEventListener('pointerdown', (event) => { if (event.target === element) turned(); });
  });
  session.list.toMessage = (id) => {
    const found = owner.toRow(id);
    if (found) session.light(id);
    return found;
  };
  session.list.toEnd = () => void history.newest().then(() => owner.toEnd());
  session.list.toTime = async (at) => {
    const id = await history.around(at);
    if (id && owner.toRow(id, 'start')) session.light(id);
  };
  const attach = (handle?: VirtualizerHandle): void => owner.attach(handle);
  const keep = createMemo(() => {
    const id = focused();
    const index = id ? (history.view()?.rows.findIndex((row) => row.id === id) ?? -1) : -1;
    return index < 0 ? undefined : [index];
  });
  return (
    <div class="history">
      <HistoryNotes history={history} />
      <div ref={element} class="history-scroller" classList={{ 'history-lines': !ui.state.settings.bubbles }} tabindex="0" role="log" aria-live="off"
        aria-label={ui.t('chat.history', { name: nameOf(ui.state, session.jid) })}
        onKeyDown={(event) => { if (scroll_keys.has(event.key)) owner.turned(); listKeys(event, ui, session); }}
        onFocusIn={(event) => setFocused((event.target as HTMLElement).closest<HTMLElement>('[data-message]')?.dataset['message'] ?? null)}
        onFocusOut={() => setFocused(null)}>
        <div class="history-spring" />
        <Show when={history.view()?.generation} keyed>
          {(_generation) => (
            <Virtualizer ref={attach} data={history.view()?.rows ?? []} shift={history.view()?.change === 'prepend'} bufferSize={400}
              scrollRef={element} keepMounted={keep()} onScroll={onScroll} onScrollEnd={look} onResize={() => { owner.resized(); look(); }}>
              {(row) => <MessageRow row={row} window={history.window} />}
            </Virtualizer>
          )}
        </Show>
        <Show when={history.empty()}><Empty small title={ui.t('chat.emptyTitle')} text={ui.t('chat.emptyText', { name: nameOf(ui.state, session.jid) })} /></Show>
      </div>
      <Show when={far()}>
        <button type="button" class="to-end" aria-label={ui.t('chat.toEnd')} title={ui.t('chat.toEnd')} onClick={() => session.list.toEnd()}>
          <Icon name="down" />
          <Show when={ui.state.conversations[session.jid]?.unread}>{(n) => <span class="badge">{n() > 99 ? '99+' : n()}</span>}</Show>
        </button>
      </Show>
    </div>
  );
}

function HistoryNotes(props: { history: ReturnType<typeof createHistory> }): JSX.Element {
  const ui = useUi();
  return (
    <div class="history-notes" role="status">
      <Show when={props.history.trouble()}>
        {(trouble) => (
          <p class="pill pill-warn">{trouble()} <button type="button" class="link" onClick={() => props.history.retry()}>{ui.t('common.retry')}</button></p>
        )}
      </Show>
      <Show when={!props.history.trouble() && props.history.slow()}><p class="pill"><span class="spinner" aria-hidden="true" />{ui.t('chat.loading')}</p></Show>
    </div>
  );
}
