import { createSignal, Show, type JSX } from 'solid-js';
import type { Contact } from '../../model/types';
import { useUi, type Ui } from '../context';
import { ago } from '../i18n/dates';
import { Avatar } from '../kit/avatar';
import { IconButton } from '../kit/button';
import { avatarOf, nameOf } from '../names';
import { pinAndMute } from '../panel/conversation-menu';
import { blocked, contactMenu, strangerMenu } from '../people/contact-menu';
import { JumpToDate } from './jump-to-date';
import { sendNudge } from './send';
import { useSession } from './session';

export function ConversationHead(props: { searching: boolean; onSearch: () => void }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const [jumping, setJumping] = createSignal(false);
  const name = (): string => nameOf(ui.state, session.jid);
  const contact = () => ui.state.contacts[session.jid];
  const menu = (at: HTMLElement): void => {
    const c = contact();
    const conversation = ui.state.conversations[session.jid];
    const extra = [...(conversation ? pinAndMute(ui, conversation) : []), { label: ui.t('jump.title'), icon: 'calendar' as const, act: () => setJumping(true) }];
    if (c) contactMenu(ui, c, at, extra);
    else strangerMenu(ui, session.jid, at, extra);
  };
  return (
    <header class="chat-head">
      <IconButton icon="back" class="chat-back flip" label={ui.t('common.back')} onClick={() => ui.nav.back()} />
      <button type="button" class="chat-who" title={ui.t('profile.openOf', { name: name() })} onClick={() => ui.nav.open({ kind: 'profile', jid: session.jid })}>
        <Avatar jid={session.jid} name={name()} image={avatarOf(ui.state, session.jid)} size="s" show={blocked(ui, session.jid) ? undefined : contact()?.show} />
        <span class="chat-who-text">
          <span class="chat-name">{name()}</span>
          <span class="chat-sub" classList={{ 'chat-sub-typing': ui.state.conversations[session.jid]?.typing }}>{subtitle(ui, session.jid)}</span>
        </span>
      </button>
      <IconButton icon="nudge" label={ui.t('nudge.send')} onClick={() => sendNudge(ui, session.jid)} />
      <IconButton icon="search" label={ui.t('search.inChat')} aria-pressed={props.searching} onClick={() => props.onSearch()} />
      <IconButton icon="more" label={ui.t('common.more')} aria-haspopup="menu" onClick={(event) => menu(event.currentTarget)} />
      <Show when={jumping()}><JumpToDate onClose={() => setJumping(false)} /></Show>
    </header>
  );
}

function subtitle(ui: Ui, jid: string): string {
  if (blocked(ui, jid)) return ui.t('contacts.blocked');
  if (ui.state.conversations[jid]?.typing) return ui.t('chat.typing');
  const contact = ui.state.contacts[jid];
  if (!contact) return jid;
  const says = contact.status || (contact.show === 'offline' ? '' : contact.profile.signature);
  return presenceWords(ui, contact) + (says ? ` · ${says}` : '');
}

/** Whether someone is there, or when he last was. */
export function presenceWords(ui: Ui, contact: Contact): string {
  if (contact.show !== 'offline' || !contact.lastSeen) return ui.t(`show.${contact.show}`);
  return ui.t('chat.lastSeen', { when: ago(ui.language(), contact.lastSeen, ui.now()) });
}
