import { createEffect, createSignal, lazy, on, onCleanup, onMount, Show, Suspense, untrack, type JSX } from 'solid-js';
import { useUi } from '../context';
import { IconButton } from '../kit/button';
import { nameOf } from '../names';
import { canEdit } from './actions';
import { Composition } from './composition';
import { createDraft } from './draft';
import { quoteText, sendEdit, sendText } from './send';
import { enterMeans } from './sends';
import { useSession } from './session';
import { createTyping } from './typing';
import { keepWriting, takeWriting } from './writing';

const EmojiPanel = lazy(() => import('../emoji/panel'));
/** RFC 6120 lets a server refuse stanzas; ours takes this many characters with room to spare. */
const text_chars_max = 20_000;

export function Composer(): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const composition = new Composition();
  const typing = createTyping(ui, session.jid);
  const draft = createDraft(ui, session.jid);
  const [text, setText] = createSignal(untrack(() => ui.state.conversations[session.jid]?.draft ?? ''));
  const [emoji, setEmoji] = createSignal(false);
  let area!: HTMLTextAreaElement;

  const put = (value: string): void => {
    setText(value);
    area.value = value;
    fit(area);
  };
  const changed = (value: string): void => {
    setText(value);
    fit(area);
    if (session.task()?.kind === 'edit') return;
    typing.typed(value);
    draft.keep(value);
  };
  const send = (): void => {
    const value = text().trim();
    if (!value) return;
    if (value.length > text_chars_max) return ui.toast(ui.t('composer.tooLong', { n: text_chars_max }), true);
    const task = session.task();
    if (task?.kind === 'edit') {
      if (value !== task.message.text) sendEdit(ui, task.message, value);
    } else {
      sendText(ui, session.jid, value, task?.message);
      typing.stop();
      draft.clear();
    }
    session.setTask(null);
    if (task?.kind !== 'edit') put('');
    session.list.toEnd();
    area.focus();
  };
  const insert = (what: string): void => {
    area.setRangeText(what, area.selectionStart, area.selectionEnd, 'end');
    changed(area.value);
  };
  const editLast = (): void => {
    const last = ui.state.windows[session.jid]?.messages.findLast(canEdit);
    if (last) session.setTask({ kind: 'edit', message: last });
  };
  const keys = (event: KeyboardEvent): void => {
    if (composition.owns(event)) return;
    const means = enterMeans(event, ui.state.settings.enterSends);
    if (means === 'default' && event.key === 'ArrowUp' && !area.value && !event.shiftKey) editLast();
    else if (means === 'default' && event.key === 'Escape' && (session.task() || emoji())) emoji() ? setEmoji(false) : session.setTask(null);
    else if (means === 'send') send();
    else if (means === 'newline') insert('\n');
    else return;
    event.preventDefault();
  };
  // An edit puts the old words into the line, and gives back what stood there when it is over.
  let before = '';
  createEffect(on(session.task, (task, old) => {
    if (task?.kind === 'edit') {
      if (old?.kind !== 'edit') before = text();
      put(task.message.text);
      area.setSelectionRange(area.value.length, area.value.length);
    } else if (old?.kind === 'edit') put(before);
    if (task) area.focus();
  }, { defer: true }));
  // What the engine hears too late, or not at all: it is there again when this conversation is.
  const keep = (leaving: boolean): void => {
    const own = untrack(() => ui.state.self?.jid);
    const task = untrack(session.task);
    if (own) keepWriting(own, session.jid, task || (leaving && area.value) ? { task, text: area.value } : null);
    if (task?.kind !== 'edit') draft.flush(area.value);
  };
  const resume = (): void => {
    const kept = untrack(() => takeWriting(ui.state.self?.jid ?? '', session.jid, ui.state.windows[session.jid]?.messages ?? []));
    if (!kept) return;
    session.setTask(kept.task);
    // After the task has put its own words there.
    queueMicrotask(() => {
      put(kept.text);
      if (kept.task?.kind !== 'edit') draft.keep(kept.text);
    });
  };
  // Before the connection to the engine says goodbye, which hears the same event.
  const left = (): void => keep(true);
  addEventListener('pagehide', left, { capture: true });
  onMount(() => {
    put(text());
    resume();
    session.composer.focus = () => area.focus();
    if (matchMedia('(hover: hover)').matches && !document.querySelector('dialog[open]')) area.focus();
  });
  onCleanup(() => {
    removeEventListener('pagehide', left, { capture: true });
    typing.stop();
    keep(false);
  });
  return (
    <footer class="composer">
      <TaskBar />
      <Show when={emoji()}><Suspense><EmojiPanel onPick={insert} onClose={() => { setEmoji(false); area.focus(); }} /></Suspense></Show>
      <div class="composer-line">
        <IconButton icon="smile" label={ui.t('emoji.open')} aria-expanded={emoji()} onClick={() => setEmoji(!emoji())} />
        <textarea ref={area} rows="1" dir="auto" aria-label={ui.t('composer.label', { name: nameOf(ui.state, session.jid) })} placeholder={ui.t('composer.placeholder')}
          enterkeyhint={ui.state.settings.enterSends ? 'send' : 'enter'}
          onInput={(event) => changed(event.currentTarget.value)} onKeyDown={keys}
          onCompositionStart={() => composition.start()} onCompositionEnd={(event) => composition.end(event.timeStamp)} />
        <IconButton icon="send" class="send" label={ui.t(session.task()?.kind === 'edit' ? 'composer.save' : ui.state.settings.enterSends ? 'composer.send' : 'composer.sendCtrl')}
          disabled={!text().trim()} onClick={send} />
      </div>
    </footer>
  );
}

/** As high as what is written in it, up to what the style allows. */
function fit(area: HTMLTextAreaElement): void {
  area.style.setProperty('height', 'auto');
  area.style.setProperty('height', `${area.scrollHeight}px`);
}

function TaskBar(): JSX.Element {
  const ui = useUi();
  const session = useSession();
  return (
    <Show when={session.task()}>
      {(task) => (
        <div class="task">
          <button type="button" class="task-text" onClick={() => session.list.toMessage(task().message.id)}>
            <b>{task().kind === 'edit' ? ui.t('composer.editing') : ui.t('composer.replying', { name: nameOf(ui.state, task().message.from) })}</b>
            <span>{quoteText(ui, task().message)}</span>
          </button>
          <IconButton icon="close" label={ui.t('common.cancel')} onClick={() => { session.setTask(null); session.composer.focus(); }} />
        </div>
      )}
    </Show>
  );
}
