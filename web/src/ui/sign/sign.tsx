import { createSignal, onCleanup, Show, untrack, type JSX } from 'solid-js';
import { forgetWriting } from '../chat/writing';
import { useUi, type Ui } from '../context';
import { Button } from '../kit/button';
import { Logo, Nest } from '../kit/logo';
import { readInvitation } from './invitation';
import { lastAddress } from './last-address';
import { SignIn } from './sign-in';
import { SignUp } from './sign-up';
import { SignLanguage } from './sign-language';

/** The first thing anyone sees. */
export function Sign(): JSX.Element {
  const ui = useUi();
  const invitation = readInvitation(location);
  const [creating, setCreating] = createSignal(invitation !== null);
  // A link that is opened in this very tab may differ behind '#' only.
  const another = (): void => { if (readInvitation(location)?.token) location.reload(); };
  addEventListener('hashchange', another);
  onCleanup(() => removeEventListener('hashchange', another));
  const reason = (): string => {
    const line = ui.state.line;
    if (line.state !== 'signed-out' || !line.reason || line.reason === 'by-user') return '';
    return ui.t(`signedOut.${line.reason}`);
  };
  const last = (): string => {
    const line = ui.state.line;
    return lastAddress(line.state === 'signed-out' ? line.reason : undefined);
  };
  untrack(() => forget(ui));
  const elsewhere = (): boolean => {
    const line = ui.state.line;
    return line.state === 'signed-out' && line.reason === 'opened-elsewhere';
  };
  return (
    <main class="sign">
      <section class="sign-card" aria-label="Rookery">
        <header class="sign-head">
          <Logo />
          <div><h1>Rookery</h1><p>{ui.t('sign.motto')}</p></div>
        </header>
        <Show when={reason()}>{(text) => <p class="notice notice-warn" role="alert">{text()}</p>}</Show>
        <Show when={!elsewhere()} fallback={<Button look="main" onClick={() => location.reload()}>{ui.t('sign.useHere')}</Button>}>
          <Show when={invitation}>{(i) => <p class="notice notice-good">{i().from ? ui.t('sign.invitedBy', { name: i().from }) : ui.t('sign.invited')}</p>}</Show>
          <Show when={creating()} fallback={<SignIn onCreate={() => setCreating(true)} last={last()} />}>
            <SignUp onBack={() => setCreating(false)} invitation={invitation} />
          </Show>
        </Show>
      </section>
      <footer class="sign-foot"><SignLanguage /></footer>
      <Nest class="sign-nest" />
    </main>
  );
}

/** What this tab still has of whoever was signed in; but who comes back after a token has run out goes on writing. */
function forget(ui: Ui): void {
  const { line } = ui.state;
  if (line.state !== 'signed-out' || line.reason === 'opened-elsewhere' || line.reason === 'token-expired') return;
  forgetWriting();
  const { chat, overlay } = ui.nav.route();
  if (line.reason && (chat || overlay)) ui.nav.leaveChat();
}
