import { createEffect, createSignal, on, onCleanup, type Accessor } from 'solid-js';

export interface Asked<T> { value: Accessor<T | undefined>; failed: Accessor<boolean>; waiting: Accessor<boolean> }

/**
 * What is asked for and comes later; a newer question makes the older answer void. Unlike Solid's createResource it does not
 * suspend: that would take the whole screen away, and a modal dialog taken out of the page is no longer one when it is back.
 */
export function createAsked<Q, T>(question: Accessor<Q>, ask: (question: Q) => Promise<T>): Asked<T> {
  const [value, setValue] = createSignal<T>();
  const [failed, setFailed] = createSignal(false);
  const [waiting, setWaiting] = createSignal(true);
  createEffect(on(question, (now) => {
    let wanted = true;
    onCleanup(() => { wanted = false; });
    setWaiting(true);
    ask(now).then(
      (answer) => { if (wanted) { setValue(() => answer); setFailed(false); setWaiting(false); } },
      () => { if (wanted) { setFailed(true); setWaiting(false); } });
  }));
  return { value, failed, waiting };
}
