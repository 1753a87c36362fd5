import { createSignal, Match, Show, Switch, untrack, type JSX } from 'solid-js';
import type { HistoryWindow, Message } from '../../model/types';
import { useUi } from '../context';
import { clock, dayName, full } from '../i18n/dates';
import { Avatar } from '../kit/avatar';
import { Nest } from '../kit/logo';
import { avatarOf, nameOf } from '../names';
import { messageMenu } from './actions';
import { Bubble } from './bubble';
import { press } from './long-press';
import type { Row } from './rows';
import { Failed, PendingMark } from './delivery';
import { MessageTools } from './message-tools';
import { Reactions } from './reactions';
import { useSession } from './session';

/** One message with what stands over it. */
export function MessageRow(props: { row: Row; window: () => HistoryWindow | undefined }): JSX.Element {
  const ui = useUi();
  // The message of the state (not the bare object in the row), so that what changes in it is drawn again by itself.
  const tracked = untrack(() => findTracked(props.row, props.window()));
  const message = (): Message => tracked;
  return (
    <div class="message-row" classList={{ 'message-head': props.row.head }}>
      <Show when={props.row.start}><Start /></Show>
      <Show when={props.row.day}><p class="day"><time dateTime={new Date(message().at).toISOString()}>{dayName(ui.language(), ui.t, message().at, ui.now())}</time></p></Show>
      <Show when={props.row.fresh}><p class="fresh" role="separator" aria-label={ui.t('chat.new')}><span aria-hidden="true">{ui.t('chat.new')}</span></p></Show>
      <Switch>
        <Match when={message().withdrawn}><Note message={message()} text={ui.t(message().mine ? 'chat.withdrawnMine' : 'chat.withdrawnBy', { name: nameOf(ui.state, message().from) })} /></Match>
        <Match when={message().kind === 'nudge'}><Note message={message()} nudge text={ui.t(message().mine ? 'nudge.mine' : 'nudge.theirs', { name: nameOf(ui.state, message().mine ? message().conversation : message().from) })} /></Match>
        <Match when={message().kind === 'system'}><Note message={message()} text={message().text} /></Match>
        <Match when={true}><Said row={props.row} message={message()} /></Match>
      </Switch>
    </div>
  );
}

/** Where the window comes from a store, its own (tracked) object of the same message. */
function findTracked(row: Row, window: HistoryWindow | undefined): Message {
  const at = window ? row.at : -1;
  const found = at >= 0 ? window!.messages[at] : undefined;
  return found?.id === row.id ? found : row.message;
}

function Start(): JSX.Element {
  const ui = useUi();
  const { jid } = useSession();
  return <div class="chat-start"><Nest /><p>{ui.t('chat.start', { name: nameOf(ui.state, jid) })}</p></div>;
}

function Note(props: { message: Message; text: string; nudge?: boolean }): JSX.Element {
  const ui = useUi();
  return (
    <p class="note" classList={{ 'note-nudge': props.nudge }} data-message={props.message.id} tabindex="-1" title={full(ui.language(), props.message.at)}>
      {props.text} <time class="note-time">{clock(ui.language(), props.message.at)}</time>
      <Show when={props.message.pending}><PendingMark /></Show>
      <Show when={props.message.delivery === 'failed'}><Failed message={props.message} /></Show>
    </p>
  );
}

function Said(props: { row: Row; message: Message }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const m = () => props.message;
  const name = (): string => nameOf(ui.state, m().from);
  // Made when they are needed: most rows that scroll by are never pointed at.
  const [pointed, setPointed] = createSignal(false);
  const open = (at: HTMLElement | { x: number; y: number }): void => messageMenu(ui, session, m(), at);
  return (
    <article class="said" classList={{ 'said-mine': m().mine, 'said-tail': props.row.tail, 'said-lit': session.lit() === m().id, 'said-hit': session.hit() === m().id }}
      onPointerEnter={(event) => event.pointerType === 'mouse' && setPointed(true)} onPointerLeave={() => setPointed(false)}
      data-message={m().id} tabindex="-1" aria-label={ui.t('chat.saidAt', { name: name(), time: clock(ui.language(), m().at) })}
      onContextMenu={(event) => {
        if ((event.target as HTMLElement).closest('a') || String(getSelection())) return;
        event.preventDefault();
        open({ x: event.clientX, y: event.clientY });
      }}
      ref={(element) => press(element, open)}>
      <Show when={props.row.head && (!ui.state.settings.bubbles || !m().mine)}>
        <button type="button" class="said-avatar" tabindex="-1" aria-hidden="true" onClick={() => ui.nav.open({ kind: 'profile', jid: m().from })}>
          <Avatar jid={m().from} name={name()} image={avatarOf(ui.state, m().from)} size="s" />
        </button>
      </Show>
      <div class="said-body">
        <Show when={props.row.head && !ui.state.settings.bubbles}><p class="said-who"><b>{name()}</b></p></Show>
        <div class="said-line"><Bubble message={m()} /><Show when={pointed()}><MessageTools message={m()} /></Show></div>
        <Reactions message={m()} />
        <Show when={m().delivery === 'failed'}><Failed message={m()} /></Show>
      </div>
    </article>
  );
}
