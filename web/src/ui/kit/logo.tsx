// The rook over its nest: Rookery's sign, and the line drawings of the empty states.
import type { JSX } from 'solid-js';

export function Logo(props: { class?: string }): JSX.Element {
  return (
    <svg class={`logo ${props.class ?? ''}`} viewBox="0 0 48 48" aria-hidden="true">
      <rect class="logo-ground" width="48" height="48" rx="13" />
      <path class="logo-bird" d="M12.5 17.2 19 14.400c1.300-3 4-4.900 7.300-4.900 4.5 0 7.700 3.400 7.700 8.300 0 6.800-4.600 11.700-12.2 11.700-3.300 0-5.900-1-7.800-2.700 3.700-.2 5.600-2.300 5.2-5.600-.2-1.5-.6-2.700-.6-3.800z" />
      <circle class="logo-eye" cx="25.600" cy="15.800" r="1.5" />
      <path class="logo-nest" d="M9.5 30.5c2.5 5.300 8 8.5 14.5 8.5s12-3.2 14.5-8.5M14 34.800c3 .9 6.300 1.300 10 1.300s7-.4 10-1.300" />
    </svg>
  );
}

/** Quiet picture for a place where nothing is yet. */
export function Nest(props: { class?: string }): JSX.Element {
  return (
    <svg class={`nest ${props.class ?? ''}`} viewBox="0 0 200 150" aria-hidden="true">
      <circle class="nest-moon" cx="142" cy="42" r="27" />
      <path class="nest-bird" d="M62 50 80 42c4-9 12-15 22-15 13 0 23 10 23 25 0 20-14 35-37 35-10 0-18-3-23-8 11-1 17-7 16-17-1-4-2-8-2-12z" />
      <circle class="nest-eye" cx="99.5" cy="45.5" r="3.600" />
      <path class="nest-line" d="M44 88c9 24 30 36 56 36s47-12 56-36" />
      <path class="nest-line" d="M36 92c18 8 40 11 64 11s46-3 64-11" />
      <path class="nest-line" d="M52 104c14 7 30 9 48 9s34-2 48-9" />
      <path class="nest-twig" d="M30 86l22 10M170 86l-22 10M58 118l-12 9M142 118l12 9M100 124v10" />
    </svg>
  );
}
