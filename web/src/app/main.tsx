// The page begins here: the engine, the state, the screens, and what only a page can hear of the world.
import { render } from 'solid-js/web';
import { domainOfPage } from '../engine/platform';
import { App } from '../ui/app';
import { createClient } from './client';
import { connectEngine } from './engine_port';
import { browserSettings, signedInHere } from './settings';
import { wordsInBrowser } from './words';

const port = connectEngine();
const client = createClient(port, domainOfPage(location.hostname), browserSettings, signedInHere, wordsInBrowser);

addEventListener('online', () => port.post({ kind: 'network', there: true }));
addEventListener('offline', () => port.post({ kind: 'network', there: false }));
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && port.post({ kind: 'woke' }));

void client.begin();
render(() => <App state={client.state} dispatch={client.dispatch} change={client.change} listen={client.listen} />, document.getElementById('app')!);

// The shell opens without a line. Only where the page is safe: a worker of an http page would outlive it in the wrong hands.
if ('serviceWorker' in navigator && isSecureContext && import.meta.env.PROD) {
  // What it keeps can wait until the page is there.
  const register = (): void => void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register, { once: true });
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ open?: string }>) => {
    if (data.open) location.hash = `#/chat/${encodeURIComponent(data.open)}`;
  });
}
