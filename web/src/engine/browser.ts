// The engine with what a browser gives it: in a SharedWorker, or in the page where there is none.
import { Engine } from './engine';
import { deviceName, domainOfPage } from './platform';
import { openStore } from './store/idb';
import { socketsBy } from './xmpp/socket';

export async function browserEngine(): Promise<Engine> {
  const { protocol, host, hostname } = location;
  return new Engine({
    store: await openStore(),
    open: socketsBy(WebSocket),
    url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/xmpp-websocket`,
    defaultDomain: domainOfPage(hostname),
    device: deviceName(navigator.userAgent),
    now: Date.now,
    random: Math.random,
  });
}
