// The engine with what a browser gives it: in a SharedWorker, or in the page where there is none.
import { Engine } from './engine';
import { openStore } from './store/idb';
import { socketsBy } from './xmpp/socket';

export async function browserEngine(): Promise<Engine> {
  const { protocol, host, hostname } = location;
  return new Engine({
    store: await openStore(),
    open: socketsBy(WebSocket),
    url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/xmpp-websocket`,
    // An address of the network is no domain of a server; on this machine the standard one is meant.
    defaultDomain: /^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname,
    device: deviceName(navigator.userAgent),
    now: Date.now,
    random: Math.random,
  });
}

/** "Firefox, Linux": enough to find a device in a list, and no more than the server sees anyway. */
export function deviceName(userAgent: string): string {
  const find = (names: [RegExp, string][]): string => names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
  const browser = find([[/Firefox\//, 'Firefox'], [/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']]);
  return [browser, system].filter(Boolean).join(', ') || 'Browser';
}
