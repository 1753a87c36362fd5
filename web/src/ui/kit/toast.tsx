import { createSignal, For, Show, type Accessor, type JSX } from 'solid-js';

/** Something one can do about what is said: the toast stays longer, and goes when it has been done. */
export interface ToastAction { label: string; act: () => void }
interface Toast { id: number; text: string; urgent: boolean; action?: ToastAction }
const shown_ms = 5_000;
const shown_with_action_ms = 12_000;
const toasts_max = 3;

export interface Toasts {
  list: Accessor<Toast[]>;
  add: (text: string, urgent?: boolean, action?: ToastAction) => void;
  remove: (id: number) => void;
}

export function createToasts(): Toasts {
  const [list, setList] = createSignal<Toast[]>([]);
  let last = 0;
  const remove = (id: number): void => void setList((old) => old.filter((toast) => toast.id !== id));
  const add = (text: string, urgent = false, action?: ToastAction): void => {
    const id = ++last;
    setList((old) => [...old.filter((toast) => toast.text !== text).slice(1 - toasts_max), { id, text, urgent, action }]);
    setTimeout(() => remove(id), action ? shown_with_action_ms : shown_ms);
  };
  return { list, add, remove };
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
      <For each={(queueMicrotask(raise), props.toasts.list())}>{(toast) => (
        <p class="toast" classList={{ 'toast-urgent': toast.urgent }}>
          <span>{toast.text}</span>
          <Show when={toast.action}>{(action) => <button type="button" class="toast-action" onClick={() => { props.toasts.remove(toast.id); action().act(); }}>{action().label}</button>}</Show>
        </p>
      )}</For>
    </div>
  );
}
