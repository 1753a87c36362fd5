import { createEffect, createSignal, For, onMount, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { createAsked } from '../kit/asked';
import { Icon } from '../kit/icons';
import { EmojiData, groups, type Group, type Shown } from './data';
import { gridKeys } from './grid-keys';
import { TonePicker } from './tone';

const faces: Record<Group, string> = {
  recent: '🕘', smileys: '😀', people: '👋', animals: '🐦', food: '🍜', travel: '🚄', activities: '🏓', objects: '💡', symbols: '💯', flags: '🎌',
};

/** Emoji by group, by words, and those one uses most. */
export default function EmojiPanel(props: { onPick: (emoji: string) => void; onClose: () => void }): JSX.Element {
  const ui = useUi();
  const data = new EmojiData(ui.language());
  const [group, setGroup] = createSignal<Group>('smileys');
  const [query, setQuery] = createSignal('');
  const [tone, setTone] = createSignal(0);
  const shown = createAsked(
    () => ({ group: group(), query: query().trim(), tone: tone() }),
    (ask) => (ask.query ? data.search(ask.query, ask.tone) : data.group(ask.group, ask.tone)),
  );
  onMount(() => {
    void data.tone().then(setTone, () => undefined);
    void data.group('recent', 0).then((recent) => { if (recent.length > 7) setGroup('recent'); }, () => undefined);
  });
  const pick = (one: Shown): void => {
    data.used(one.base).catch(() => undefined);
    props.onPick(one.unicode);
  };
  const changeTone = (next: number): void => {
    setTone(next);
    data.setTone(next).catch(() => undefined);
  };
  return (
    <section class="emoji" aria-label={ui.t('emoji.label')} onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), event.preventDefault(), props.onClose())}>
      <div class="emoji-top">
        <label class="search-box">
          <Icon name="search" /><span class="sr-only">{ui.t('emoji.search')}</span>
          <input type="search" placeholder={ui.t('emoji.search')} value={query()} autofocus ref={(input) => queueMicrotask(() => input.focus())}
            onInput={(event) => !event.isComposing && setQuery(event.currentTarget.value)} onCompositionEnd={(event) => setQuery(event.currentTarget.value)} />
        </label>
        <TonePicker tone={tone()} onTone={changeTone} />
      </div>
      <Show when={!query().trim()}>
        <div class="emoji-groups" role="group" aria-label={ui.t('emoji.groups')}>
          <For each={groups}>
            {(one) => <button type="button" class="emoji-group" aria-pressed={group() === one} aria-label={ui.t(`emoji.${one}`)} title={ui.t(`emoji.${one}`)} onClick={() => setGroup(one)}>{faces[one]}</button>}
          </For>
        </div>
      </Show>
      <Grid shown={shown.failed() ? [] : (shown.value() ?? [])} failed={shown.failed()} loading={shown.waiting()} searching={!!query().trim()} onPick={pick} />
    </section>
  );
}

function Grid(props: { shown: Shown[]; failed: boolean; loading: boolean; searching: boolean; onPick: (one: Shown) => void }): JSX.Element {
  const ui = useUi();
  let element!: HTMLDivElement;
  const none = (): string => ui.t(props.failed ? 'emoji.failed' : props.loading ? 'chat.loading' : props.searching ? 'emoji.none' : 'emoji.noRecent');
  createEffect(() => {
    void props.shown;
    element.scrollTop = 0;
  });
  return (
    <div ref={element} class="emoji-grid scroller" role="group" aria-label={ui.t('emoji.label')} onKeyDown={gridKeys}>
      <For each={props.shown} fallback={<p class="emoji-none" role="status">{none()}</p>}>
        {(one, at) => <button type="button" class="emoji-one" title={one.name} aria-label={one.name} tabindex={at() === 0 ? 0 : -1} onClick={() => props.onPick(one)}>{one.unicode}</button>}
      </For>
    </div>
  );
}
