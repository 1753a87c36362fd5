import { createSignal, createEffect, onCleanup, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Icon } from '../kit/icons';
import { lineText } from '../sign/line-text';

const quiet_ms = 1_200;

/** Says what the line does while it is down. A short blink of the network is not worth a word. */
export function LineBar(): JSX.Element {
  const ui = useUi();
  const [shown, setShown] = createSignal(false);
  const [left, setLeft] = createSignal(0);
  createEffect(() => {
    const line = ui.state.line;
    if (line.state === 'online') return void setShown(false);
    const timer = setTimeout(() => setShown(true), line.state === 'connecting' ? quiet_ms : 0);
    const count = (): void => void setLeft(line.state === 'waiting' ? Math.max(0, Math.ceil((line.retryAt - Date.now()) / 1000)) : 0);
    count();
    const ticker = setInterval(count, 1000);
    onCleanup(() => (clearTimeout(timer), clearInterval(ticker)));
  });
  return (
    <div class="line-bar" classList={{ 'line-bar-on': shown() }} role="status">
      <Show when={shown()}>
        <Icon name="wifiOff" />
        <p>
          <span>{lineText(ui)}</span>
          <Show when={ui.state.line.state === 'waiting'}>
            {' '}<span class="line-count" aria-hidden="true">{left() > 0 ? ui.t('line.retryIn', { n: left() }) : ''}</span>
            {' '}<button type="button" class="link" onClick={() => void ui.run({ do: 'reconnect-now' })}>{ui.t('line.now')}</button>
          </Show>
        </p>
      </Show>
    </div>
  );
}
