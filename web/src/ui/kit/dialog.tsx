import { createUniqueId, onCleanup, onMount, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { IconButton } from './button';

/** A modal window. The browser keeps the focus inside, makes the rest inert and gives the focus back. It begins at what asks for it
    (autofocus), else at its name, which is read out then, and no button looks chosen. */
export function Dialog(props: { title: string; onClose: () => void; children: JSX.Element; class?: string; hideTitle?: boolean; back?: () => void; keys?: (event: KeyboardEvent) => void }): JSX.Element {
  const ui = useUi();
  const id = createUniqueId();
  let element!: HTMLDialogElement;
  let title!: HTMLHeadingElement;
  const before = document.activeElement;
  onMount(() => {
    element.showModal();
    (element.querySelector<HTMLElement>('[autofocus]') ?? title).focus();
  });
  onCleanup(() => {
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  });
  const outside = (event: MouseEvent): void => {
    if (event.target === element) props.onClose();
  };
  return (
    <dialog ref={element} class={`dialog ${props.class ?? ''}`} aria-labelledby={id} onMouseDown={outside} onKeyDown={(event) => props.keys?.(event)}
      onCancel={(event) => { event.preventDefault(); props.onClose(); }}>
      <div class="dialog-box">
        <header class="dialog-head" classList={{ 'dialog-head-bare': props.hideTitle }}>
          <Show when={props.back}>{(back) => <IconButton icon="back" class="flip" label={ui.t('common.back')} onClick={() => back()()} />}</Show>
          <h2 ref={title} id={id} tabindex="-1" classList={{ 'sr-only': props.hideTitle }}>{props.title}</h2>
          <IconButton icon="close" label={ui.t('common.close')} onClick={() => props.onClose()} />
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
