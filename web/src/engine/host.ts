// Between an engine and its pages: MessagePorts in one browser, whichever side of a worker they are on. A page says when it
// goes; one that cannot (it crashed, the phone killed it) is missed through the lock it held.
import type { Command, Event } from './contract';
import type { Engine } from './engine';

export type ToEngine =
  | { kind: 'hello'; lock?: string; visible: boolean }
  | { kind: 'command'; command: Command }
  | { kind: 'woke' }
  | { kind: 'network'; there: boolean }
  | { kind: 'bye' };

/** How long between two ticks before one must have slept. */
const TICK_MS = 10_000;
const SLEPT_MS = 2.5 * TICK_MS;

export function serve(engine: Engine, port: MessagePort): void {
  const tell = (event: Event): void => port.postMessage(event);
  const gone = (): void => {
    engine.detach(tell);
    port.onmessage = null;
    port.close();
  };
  port.onmessage = ({ data }: MessageEvent<ToEngine>) => {
    switch (data.kind) {
      case 'hello':
        engine.attach(tell, data.visible);
        if (data.lock && navigator.locks) void navigator.locks.request(data.lock, gone).catch(() => undefined);
        return;
      case 'command':
        return void engine.handle(data.command, tell);
      case 'woke':
        return engine.woke();
      case 'network':
        return engine.networkChanged(data.there);
      case 'bye':
        return gone();
    }
  };
}

/** A clock that has jumped means a computer that has slept: timers do not run meanwhile, sockets die without a word. */
export function watchSleep(engine: Engine, now: () => number = Date.now): () => void {
  let last = now();
  const timer = setInterval(() => {
    const slept = now() - last > SLEPT_MS;
    last = now();
    if (slept) engine.woke();
  }, TICK_MS);
  return () => clearInterval(timer);
}
