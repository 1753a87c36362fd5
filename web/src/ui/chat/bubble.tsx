import { For, Match, Show, Switch, type JSX } from 'solid-js';
import type { Message } from '../../model/types';
import { useUi } from '../context';
import { clock, full } from '../i18n/dates';
import { Icon } from '../kit/icons';
import { nameOf } from '../names';
import { DeliveryMark, PendingMark } from './delivery';
import { isBigEmoji } from './emoji-only';
import { FileCard } from './file-card';
import { useSession } from './session';
import { MessageText } from './text';

/** What was said: quotation, file, words, and how far it has come. */
export function Bubble(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const m = () => props.message;
  const bare = (): boolean => isBigEmoji(m().text) && !m().quote && !m().file;
  return (
    <div class="bubble" classList={{ 'bubble-bare': bare(), 'bubble-file': !!m().file }}>
      <Show when={m().quote}><Quoted message={m()} /></Show>
      <Show when={m().file}>{(file) => <FileCard file={file()} message={m()} />}</Show>
      <For each={m().moreFiles}>{(file) => <FileCard file={file} message={{ ...m(), file }} />}</For>
      <Switch>
        <Match when={m().unreadable}><p class="unreadable"><Icon name="lock" />{ui.t('chat.unreadable', { name: m().unreadable! })}</p></Match>
        <Match when={bare()}><p class="big-emoji">{m().text}</p></Match>
        <Match when={m().text && !(m().file && m().text === m().file!.url)}><MessageText text={m().text} unstyled={m().unstyled} actor={nameOf(ui.state, m().from)} /></Match>
      </Switch>
      <span class="meta">
        <Show when={m().edited}>{(at) => <span title={full(ui.language(), at())}>{ui.t('chat.edited')}</span>}</Show>
        <time dateTime={new Date(m().at).toISOString()} title={full(ui.language(), m().at)}>{clock(ui.language(), m().at)}</time>
        <Show when={m().pending}><PendingMark /></Show>
        <Show when={m().mine && !(m().pending && m().delivery === 'waiting')}><DeliveryMark delivery={m().delivery} /></Show>
      </span>
    </div>
  );
}

function Quoted(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const quote = () => props.message.quote!;
  const go = (): void => {
    if (!session.list.toMessage(quote().id)) ui.toast(ui.t('chat.notLoaded'));
  };
  return (
    <button type="button" class="quoted" onClick={go}>
      <b>{nameOf(ui.state, quote().author)}</b>
      <span>{quote().text || ui.t('chat.quoteGone')}</span>
    </button>
  );
}
