import { createSignal, For, type Accessor, type JSX } from 'solid-js';

interface Toast { id: number; text: string; urgent: boolean }
const shown_ms = 5_000;
const toasts_max = 3;

export interface Toasts { list: Accessor<Toast[]>; add: (text: string, urgent?: boolean) => void }

export function createToasts(): Toasts {
  const [list, setList] = createSignal<Toast[]>([]);
  let last = 0;
  const add = (text: string, urgent = false): void => {
    const id = ++last;
    setList((old) => [...old.filter((toast) => toast.text !== text).slice(1 - toasts_max), { id, text, urgent }]);
    setTimeout(() => setList((old) => old.filter((toast) => toast.id !== id)), shown_ms);
  };
  return { list, add };
}

/** Read out by screen readers as they come; drawn over dialogs too. */
export function ToastHost(props: { toasts: Toasts }): JSX.Element {
  let element!: HTMLDivElement;
  const raise = (): void => {
    if (!element?.isConnected || !element.showPopover) return;
    if (element.matches(':popover-open')) element.hidePopover();
    if (props.toasts.list().length) element.showPopover();
  };
  return (
    <div ref={element} class="toasts" role="status" popover="manual">
      <For each={(queueMicrotask(raise), props.toasts.list())}>{(toast) => <p class="toast" classList={{ 'toast-urgent': toast.urgent }}>{toast.text}</p>}</For>
    </div>
  );
}
