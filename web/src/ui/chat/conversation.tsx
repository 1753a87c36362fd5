import { createSignal, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { nameOf } from '../names';
import { Composer } from './composer';
import { Forward } from './forward';
import { ConversationHead } from './head';
import { MessageList } from './list';
import { ReactionPicker } from './reaction-picker';
import { SearchBar } from './search-bar';
import { createSession, SessionContext } from './session';
import { BlockedBar, isBlocked, StrangerBar } from './stranger-bar';
import { Viewer } from './viewer';

/** One conversation, whole. Made anew for each, so that nothing of another one can be left in it. */
export function ConversationView(props: { jid: string }): JSX.Element {
  const ui = useUi();
  const session = createSession(props.jid);
  const [searching, setSearching] = createSignal(false);
  const endSearch = (): void => {
    setSearching(false);
    session.setMarked('');
    session.setHit('');
    session.composer.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'f' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      setSearching(true);
    }
  };
  return (
    <SessionContext.Provider value={session}>
      <section class="chat" aria-label={ui.t('chat.with', { name: nameOf(ui.state, props.jid) })} onKeyDown={keys}>
        <ConversationHead searching={searching()} onSearch={() => (searching() ? endSearch() : setSearching(true))} />
        <Show when={searching()}><SearchBar onClose={endSearch} /></Show>
        <StrangerBar />
        <MessageList />
        <Show when={isBlocked(ui, props.jid)} fallback={<Composer />}><BlockedBar /></Show>
      </section>
      <Show when={session.viewing()} keyed>{(message) => <Viewer message={message} />}</Show>
      <Show when={session.forwarding()} keyed>{(message) => <Forward message={message} />}</Show>
      <Show when={session.reacting()} keyed>{(message) => <ReactionPicker message={message} />}</Show>
    </SessionContext.Provider>
  );
}
