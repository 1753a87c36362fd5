import { createSignal, For, onCleanup, onMount, Show, type Accessor, type JSX } from 'solid-js';
import { Portal } from 'solid-js/web';
import { Icon, type IconName } from './icons';
import { placeMenu } from './place';

export interface MenuItem {
  label: string;
  icon?: IconName;
  danger?: boolean;
  /** Given: one of a choice, ticked or not. */
  checked?: boolean;
  /** A coloured dot before the label. */
  dot?: string;
  act: () => void;
}
export interface MenuRequest {
  label: string;
  /** Where it hangs: an element or a point. */
  at: HTMLElement | { x: number; y: number };
  items: MenuItem[];
  /** A row of pictures over the items (reactions). */
  quick?: { label: string; text: string; pressed: boolean; act: () => void }[];
}

export function createMenu(): { open: Accessor<MenuRequest | null>; show: (request: MenuRequest | null) => void } {
  const [open, show] = createSignal<MenuRequest | null>(null);
  return { open, show };
}

export function MenuHost(props: { open: Accessor<MenuRequest | null>; close: () => void }): JSX.Element {
  return <Show when={props.open()} keyed>{(request) => <Menu request={request} close={props.close} />}</Show>;
}

function Menu(props: { request: MenuRequest; close: () => void }): JSX.Element {
  let element!: HTMLDivElement;
  const before = document.activeElement;
  const home = (props.request.at instanceof HTMLElement && props.request.at.closest('dialog')) || document.querySelector('main') || document.body;
  const items = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>('button')];
  const close = (): void => {
    if (element.contains(document.activeElement) && before instanceof HTMLElement && before.isConnected) before.focus();
    props.close();
  };
  const move = (step: number): void => {
    const all = items();
    all[(all.indexOf(document.activeElement as HTMLElement) + step + all.length) % all.length]?.focus();
  };
  const keys: Record<string, () => void> = {
    Escape: close, Tab: close, ArrowDown: () => move(1), ArrowUp: () => move(-1), ArrowRight: () => move(1), ArrowLeft: () => move(-1),
    Home: () => items()[0]?.focus(), End: () => items().at(-1)?.focus(),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const outside = (event: Event): void => {
    if (!element.contains(event.target as Node)) props.close();
  };
  onMount(() => {
    placeMenu(element, props.request.at);
    items()[0]?.focus();
    addEventListener('pointerdown', outside, true);
    addEventListener('resize', props.close);
  });
  onCleanup(() => {
    removeEventListener('pointerdown', outside, true);
    removeEventListener('resize', props.close);
  });
  const choose = (act: () => void): void => {
    close();
    act();
  };
  return (
    <Portal mount={home}>
      <div ref={element} class="menu" role="menu" aria-label={props.request.label} onKeyDown={onKeyDown}>
        <Show when={props.request.quick}>
          {(quick) => (
            <div class="menu-quick" role="group" aria-label={props.request.label}>
              <For each={quick()}>
                {(one) => <button type="button" role="menuitemcheckbox" aria-checked={one.pressed} aria-label={one.label} tabindex="-1" onClick={() => choose(one.act)}>{one.text}</button>}
              </For>
            </div>
          )}
        </Show>
        <For each={props.request.items}>
          {(item) => (
            <button type="button" role={item.checked === undefined ? 'menuitem' : 'menuitemradio'} aria-checked={item.checked} tabindex="-1"
              class="menu-item" classList={{ 'menu-danger': item.danger }} onClick={() => choose(item.act)}>
              {item.dot ? <span class={`presence presence-${item.dot}`} /> : item.icon && <Icon name={item.icon} />}
              <span>{item.label}</span>
              <Show when={item.checked}><Icon name="check" class="menu-tick" /></Show>
            </button>
          )}
        </For>
      </div>
    </Portal>
  );
}
