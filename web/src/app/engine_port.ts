// Where the engine runs: in the SharedWorker of the browser, or in this page where there is none (Chrome on Android). In the
// page, one tab at a time has it: the newer takes it over, and the older shows that it was opened elsewhere.
import type { Event } from '../engine/contract';
import { randomId } from '../engine/xmpp/bytes';
import type { ToEngine } from '../engine/host';

export interface EnginePort {
  post(message: ToEngine): void;
  hear(listener: (event: Event) => void): void;
}

const TAKEN = 'rookery-engine';

export function connectEngine(): EnginePort {
  return typeof SharedWorker === 'undefined' ? inPage() : inWorker();
}

function wrap(port: Pick<MessagePort, 'postMessage' | 'onmessage'>): EnginePort {
  return {
    post: (message) => port.postMessage(message),
    hear: (listener) => (port.onmessage = ({ data }: MessageEvent<Event>) => listener(data)),
  };
}

function inWorker(): EnginePort {
  const worker = new SharedWorker(new URL('../engine/worker.ts', import.meta.url), { type: 'module', name: 'rookery' });
  const port = wrap(worker.port);
  const lock = `rookery-page-${randomId()}`;
  const hello = (held: boolean): void => port.post({ kind: 'hello', lock: held ? lock : undefined, visible: document.visibilityState === 'visible' });
  // Held until the page is gone: a promise that never settles.
  if (navigator.locks) void navigator.locks.request(lock, () => (hello(true), new Promise<never>(() => {})));
  else hello(false);
  addEventListener('pagehide', () => port.post({ kind: 'bye' }));
  // A page that comes back from the browser's cache of pages had said goodbye.
  window.addEventListener('pageshow', (event) => event.persisted && location.reload());
  return { ...port, hear: (listener) => port.hear(lookAgain(listener)) };
}

/** A newer version of the page has a worker of its own, which takes the connection from that of the version before: a page of that
    one begins again, and is new too, when it is looked at again. */
function lookAgain(listener: (event: Event) => void): (event: Event) => void {
  let over = false;
  document.addEventListener('visibilitychange', () => { if (over && document.visibilityState === 'visible') location.reload(); });
  return (event) => {
    if (event.type === 'line') over = event.line.state === 'signed-out' && event.line.reason === 'opened-elsewhere';
    listener(event);
  };
}

function inPage(): EnginePort {
  const channel = new MessageChannel();
  const port = wrap(channel.port1);
  let listener: (event: Event) => void = () => {};
  let over = false;
  const run = async (): Promise<void> => {
    const [{ browserEngine }, { serve, watchSleep }] = await Promise.all([import('../engine/browser'), import('../engine/host')]);
    const engine = await browserEngine();
    serve(engine, channel.port2);
    watchSleep(engine);
    const taken = (): void => {
      over = true;
      engine.stop();
      listener({ type: 'line', line: { state: 'signed-out', reason: 'opened-elsewhere' } });
    };
    if (navigator.locks) void navigator.locks.request(TAKEN, { steal: true }, () => new Promise<never>(() => {})).catch(taken);
  };
  // The other page has been closed, and this one is looked at again: it goes on by itself.
  document.addEventListener('visibilitychange', () => {
    if (!over || document.visibilityState !== 'visible') return;
    void navigator.locks.request(TAKEN, { ifAvailable: true }, (lock) => { if (lock) location.reload(); });
  });
  void run();
  port.post({ kind: 'hello', visible: document.visibilityState === 'visible' });
  // The way back, whatever is asked for: the page begins again, takes the engine over, and goes on with the token.
  const post = (message: ToEngine): void => (over && message.kind === 'command' ? location.reload() : port.post(message));
  return { post, hear: (l) => port.hear((listener = l)) };
}
