import type { JSX } from 'solid-js';
import { Nest } from './logo';

/** A place where nothing is yet, and what to do about it. */
export function Empty(props: { title: string; text: string; children?: JSX.Element; small?: boolean }): JSX.Element {
  return (
    <div class="empty" classList={{ 'empty-small': props.small }}>
      <Nest />
      <p class="empty-title">{props.title}</p>
      <p class="empty-text">{props.text}</p>
      {props.children}
    </div>
  );
}
