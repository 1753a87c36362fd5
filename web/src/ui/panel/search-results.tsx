import { createMemo, For, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { arrowKeys } from '../kit/arrows';
import { Button } from '../kit/button';
import { Icon } from '../kit/icons';
import { Avatar } from '../kit/avatar';
import { avatarOf, matches, nameOf, searchedPart } from '../names';
import { completeAddress } from '../sign/address';
import { ContactButton } from './contact-row';
import { lastText } from './conversations';

const shown_max = 60;

/** Conversations and contacts by whatever one remembers of them: name, remark, address, last words. */
export function SearchResults(props: { query: string; onChosen: () => void }): JSX.Element {
  const ui = useUi();
  const contacts = createMemo(() => Object.values(ui.state.contacts)
    .filter((c) => matches(props.query, c.remark, c.profile.nickname, searchedPart(props.query, c.jid), c.profile.signature)).map((c) => c.jid).slice(0, shown_max));
  const conversations = createMemo(() => Object.values(ui.state.conversations)
    .filter((c) => !contacts().includes(c.jid) && matches(props.query, nameOf(ui.state, c.jid), searchedPart(props.query, c.jid), lastText(ui, c))).map((c) => c.jid).slice(0, shown_max));
  const stranger = (): string => {
    const jid = completeAddress(props.query, ui.state.server.domain);
    return jid && !ui.state.contacts[jid] && jid !== ui.state.self?.jid && !/\s/.test(props.query.trim()) ? jid : '';
  };
  return (
    <div class="panel-list scroller" tabindex="-1" onKeyDown={(event) => arrowKeys(event, '.row')}>
      <p class="sr-only" role="status">{ui.t('search.found', { n: contacts().length + conversations().length })}</p>
      <Show when={contacts().length}>
        <h2 class="list-title">{ui.t('panel.contacts')}</h2>
        <ul><For each={contacts()}>{(jid) => <li><ContactButton jid={jid} onChosen={props.onChosen} /></li>}</For></ul>
      </Show>
      <Show when={conversations().length}>
        <h2 class="list-title">{ui.t('panel.conversations')}</h2>
        <ul><For each={conversations()}>{(jid) => <li><FoundConversation jid={jid} onChosen={props.onChosen} /></li>}</For></ul>
      </Show>
      <Show when={!contacts().length && !conversations().length}><p class="list-none">{ui.t('search.none', { words: props.query.trim() })}</p></Show>
      <Show when={stranger()}>
        {(jid) => (
          <div class="list-stranger">
            <Button icon="addPerson" onClick={() => { ui.nav.open({ kind: 'add', jid: jid() }); props.onChosen(); }}>{ui.t('search.add', { name: jid() })}</Button>
          </div>
        )}
      </Show>
    </div>
  );
}

function FoundConversation(props: { jid: string; onChosen: () => void }): JSX.Element {
  const ui = useUi();
  return (
    <button type="button" class="row" onClick={() => { ui.nav.openChat(props.jid); props.onChosen(); }}>
      <Avatar jid={props.jid} name={nameOf(ui.state, props.jid)} image={avatarOf(ui.state, props.jid)} size="m" />
      <span class="row-text">
        <span class="row-name">{nameOf(ui.state, props.jid)}</span>
        <span class="row-last">{ui.state.conversations[props.jid] && lastText(ui, ui.state.conversations[props.jid]!)}</span>
      </span>
      <Icon name="chats" class="row-hint" />
    </button>
  );
}
