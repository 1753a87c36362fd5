import { splitProps, type JSX } from 'solid-js';
import { Icon, type IconName } from './icons';

type ButtonProps = Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, 'class'>;

export function Button(props: ButtonProps & { look?: 'main' | 'quiet' | 'danger'; icon?: IconName; busy?: boolean; class?: string }): JSX.Element {
  const [own, rest] = splitProps(props, ['look', 'icon', 'busy', 'children', 'class', 'disabled']);
  return (
    <button type="button" {...rest} class={`button button-${own.look ?? 'plain'} ${own.class ?? ''}`} disabled={own.disabled || own.busy} aria-busy={own.busy || undefined}>
      {own.busy ? <span class="spinner" aria-hidden="true" /> : own.icon && <Icon name={own.icon} />}
      <span>{own.children}</span>
    </button>
  );
}

/** A button that is a picture only: its label is read out and shown on hovering. */
export function IconButton(props: ButtonProps & { icon: IconName; label: string; class?: string }): JSX.Element {
  const [own, rest] = splitProps(props, ['icon', 'label', 'class']);
  return (
    <button type="button" {...rest} class={`icon-button ${own.class ?? ''}`} aria-label={own.label} title={own.label}>
      <Icon name={own.icon} />
    </button>
  );
}
