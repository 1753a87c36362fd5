import { Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { Logo } from '../kit/logo';
import { lineText } from './line-text';
import { signOut } from './sign-out';

/** While one comes back with the token of the last time. */
export function Splash(): JSX.Element {
  const ui = useUi();
  return (
    <main class="splash" aria-busy="true">
      <Logo class="splash-logo" />
      <h1 class="sr-only">Rookery</h1>
      <p role="status">{lineText(ui)}</p>
      <Show when={ui.state.line.state === 'waiting'}>
        <div class="splash-buttons">
          <Button look="main" onClick={() => void ui.run({ do: 'reconnect-now' })}>{ui.t('line.now')}</Button>
          <Button onClick={() => void signOut(ui)}>{ui.t('settings.signOut')}</Button>
        </div>
      </Show>
    </main>
  );
}
