import { createMemo, Show, type JSX } from 'solid-js';
import { Virtualizer } from 'virtua/solid';
import type { Conversation } from '../../model/types';
import { useUi, type Ui } from '../context';
import { shortTime } from '../i18n/dates';
import { arrowKeys } from '../kit/arrows';
import { press } from '../chat/long-press';
import { Avatar } from '../kit/avatar';
import { Button } from '../kit/button';
import { Empty } from '../kit/empty';
import { Icon } from '../kit/icons';
import { avatarOf, nameOf } from '../names';
import { OwnAddress } from '../people/add-contact';
import { blocked } from '../people/contact-menu';
import { conversationMenu } from './conversation-menu';
import { orderConversations } from './order';

export function Conversations(props: { onAdd: () => void }): JSX.Element {
  const ui = useUi();
  // Keys, not objects: a row stays when its conversation changes, and only what changed in it is drawn again.
  const jids = createMemo<string[]>((old) => {
    const next = orderConversations(ui.state.conversations).map((c) => c.jid);
    return next.length === old.length && next.every((jid, i) => jid === old[i]) ? old : next;
  }, []);
  return (
    <Show when={jids().length > 0} fallback={<NoConversations onAdd={props.onAdd} />}>
      <div class="scroller" tabindex="-1" onKeyDown={(event) => arrowKeys(event, '.row')}>
        <Virtualizer data={jids()} as="ul" item="li" itemSize={64} bufferSize={400}>
          {(jid) => <Show when={ui.state.conversations[jid]}>{(c) => <ConversationRow conversation={c()} />}</Show>}
        </Virtualizer>
      </div>
    </Show>
  );
}

function NoConversations(props: { onAdd: () => void }): JSX.Element {
  const ui = useUi();
  return (
    <Empty small title={ui.t('conversations.emptyTitle')} text={ui.t('conversations.emptyText')}>
      <Button look="main" icon="addPerson" onClick={() => props.onAdd()}>{ui.t('add.title')}</Button>
      <OwnAddress />
    </Empty>
  );
}

function ConversationRow(props: { conversation: Conversation }): JSX.Element {
  const ui = useUi();
  const c = () => props.conversation;
  const open = (): boolean => ui.nav.route().chat === c().jid;
  return (
    <button type="button" class="row" classList={{ 'row-open': open(), 'row-pinned': c().pinned }} aria-current={open() ? 'true' : undefined}
      ref={(element) => press(element, (at) => conversationMenu(ui, c(), at))} onClick={() => ui.nav.openChat(c().jid)}
      onContextMenu={(event) => { event.preventDefault(); conversationMenu(ui, c(), event.clientX ? { x: event.clientX, y: event.clientY } : event.currentTarget); }}>
      <Avatar jid={c().jid} name={nameOf(ui.state, c().jid)} image={avatarOf(ui.state, c().jid)} size="m" show={blocked(ui, c().jid) ? undefined : ui.state.contacts[c().jid]?.show} />
      <span class="row-text">
        <span class="row-line">
          <span class="row-name">{nameOf(ui.state, c().jid)}</span>
          <Show when={c().last}>{(last) => <time class="row-time">{shortTime(ui.language(), ui.t, last().at, ui.now())}</time>}</Show>
        </span>
        <span class="row-line">
          <LastLine conversation={c()} />
          <Marks conversation={c()} />
        </span>
      </span>
    </button>
  );
}

function LastLine(props: { conversation: Conversation }): JSX.Element {
  const ui = useUi();
  const c = () => props.conversation;
  return (
    <Show when={!c().typing} fallback={<span class="row-last row-typing">{ui.t('chat.typing')}</span>}>
      <Show when={c().draft && ui.nav.route().chat !== c().jid} fallback={<span class="row-last"><LastDelivery conversation={c()} />{lastText(ui, c())}</span>}>
        <span class="row-last"><b class="row-draft">{ui.t('conversations.draft')}</b> {c().draft}</span>
      </Show>
    </Show>
  );
}

function LastDelivery(props: { conversation: Conversation }): JSX.Element {
  const ui = useUi();
  return (
    <Show when={props.conversation.last?.delivery === 'failed'}>
      <span class="row-failed"><Icon name="alert" /><span class="sr-only">{ui.t('delivery.failed')}</span></span>
    </Show>
  );
}

export function lastText(ui: Ui, c: Conversation): string {
  const last = c.last;
  if (!last) return '';
  if (last.withdrawn) return ui.t(last.mine ? 'chat.withdrawnMine' : 'chat.withdrawn');
  if (last.kind === 'nudge') return ui.t(last.mine ? 'nudge.lastMine' : 'nudge.last');
  if (last.file) return ui.t('conversations.file') + (last.text ? ` ${last.text}` : '');
  return last.text.replace(/\s+/g, ' ').slice(0, 200);
}

function Marks(props: { conversation: Conversation }): JSX.Element {
  const ui = useUi();
  const c = () => props.conversation;
  return (
    <span class="row-marks">
      <Show when={c().muted}><span role="img" aria-label={ui.t('conversations.muted')}><Icon name="mute" /></span></Show>
      <Show when={c().pinned}><span role="img" aria-label={ui.t('conversations.pinned')}><Icon name="pin" /></span></Show>
      <Show when={c().unread > 0}>
        <span class="badge" classList={{ 'badge-quiet': c().muted }}>
          <span class="sr-only">{ui.t('panel.unread', { n: c().unread })}</span><span aria-hidden="true">{c().unread > 99 ? '99+' : c().unread}</span>
        </span>
      </Show>
    </span>
  );
}
