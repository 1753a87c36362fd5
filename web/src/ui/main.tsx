// The signed-in part, loaded when it is needed: main panel at the start, conversation at the end, the rest over them.
import { createEffect, Match, Show, Switch, type JSX } from 'solid-js';
import './styles/panel.css';
import './styles/chat.css';
import './styles/settings.css';
import { createAttention } from './attention/attention';
import { ConversationView } from './chat/conversation';
import { useUi } from './context';
import { Empty } from './kit/empty';
import { LineBar } from './panel/line-bar';
import { Panel } from './panel/panel';
import { AddContact } from './people/add-contact';
import { ProfileCard } from './people/profile-card';
import { Requests } from './people/requests';
import { Settings } from './settings/settings';
import { keepLastAddress } from './sign/last-address';
import { acceptInvitation } from './sign/accept-invitation';

export default function Main(): JSX.Element {
  const ui = useUi();
  createAttention(ui);
  createEffect(() => { if (ui.state.self) keepLastAddress(ui.state.self.jid); });
  acceptInvitation(ui);
  const chat = (): string | null => ui.nav.route().chat;
  // Being signed out from elsewhere while a conversation is open must not show it to the next account.
  createEffect(() => {
    if (chat() && chat() === ui.state.self?.jid) ui.nav.leaveChat();
  });
  return (
    <main class="frame" classList={{ 'frame-chat': chat() !== null }}>
      <h1 class="sr-only">Rookery</h1>
      <LineBar />
      <Panel />
      <Show when={chat()} keyed fallback={<ChatNothing />}>{(jid) => <ConversationView jid={jid} />}</Show>
      <Overlays />
    </main>
  );
}

function ChatNothing(): JSX.Element {
  const ui = useUi();
  return (
    <section class="chat chat-none" aria-label={ui.t('chat.nothingTitle')}>
      <Empty title={ui.t('chat.nothingTitle')} text={ui.t('chat.nothingText')} />
    </section>
  );
}

function Overlays(): JSX.Element {
  const ui = useUi();
  const over = () => ui.nav.route().overlay;
  const only = <K extends string>(kind: K) => {
    const now = over();
    return now?.kind === kind ? (now as Extract<typeof now, { kind: K }>) : false;
  };
  return (
    <Switch>
      <Match when={only('settings')}>{(o) => <Settings section={o().section} />}</Match>
      <Match when={only('profile')}>{(o) => <Show when={o().jid} keyed>{(jid) => <ProfileCard jid={jid} />}</Show>}</Match>
      <Match when={only('add')}>{(o) => <AddContact jid={o().jid} />}</Match>
      <Match when={only('requests')}><Requests /></Match>
    </Switch>
  );
}
