// The SharedWorker: one engine, one session, for all tabs of a browser.
import { browserEngine } from './browser';
import { serve, watchSleep } from './host';

const scope = self as unknown as SharedWorkerGlobalScope;
const engine = browserEngine();
scope.onconnect = ({ ports }) => {
  const port = ports[0]!;
  // What the page says before the engine is there waits in the port until onmessage is set.
  void engine.then((ready) => serve(ready, port));
};
void engine.then((ready) => {
  watchSleep(ready);
  scope.addEventListener('online', () => ready.networkChanged(true));
  scope.addEventListener('offline', () => ready.networkChanged(false));
});
