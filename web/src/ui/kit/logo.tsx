// The rook over its nest: Rookery's sign, and the line drawings of the empty states.
import type { JSX } from 'solid-js';

const bird = 'M7 24.5C12 25 16 22.5 19 18c1.5-5.5 4.5-8.5 8.5-8.5 3.5 0 6.1 2.2 6.8 5.100L41 17.400l-6.8 1.800C33.5 26 28.5 31 21.5 31 15 31 9.8 28.8 7 24.500z';

export function Logo(props: { class?: string }): JSX.Element {
  return (
    <svg class={`logo ${props.class ?? ''}`} viewBox="0 0 48 48" aria-hidden="true">
      <rect class="logo-ground" width="48" height="48" rx="13" />
      <g transform="translate(3.6 3) scale(0.85)">
        <path class="logo-bird" d={bird} />
        <circle class="logo-eye" cx="28.8" cy="15.2" r="1.6" />
        <path class="logo-nest" d="M6.5 32c2.8 5.6 9.5 9 17.5 9s14.7-3.4 17.5-9M13.5 36c3 .8 6.5 1.2 10.5 1.200s7.5-.4 10.5-1.2" />
      </g>
    </svg>
  );
}

/** Quiet picture for a place where nothing is yet. */
export function Nest(props: { class?: string }): JSX.Element {
  return (
    <svg class={`nest ${props.class ?? ''}`} viewBox="0 0 200 150" aria-hidden="true">
      <circle class="nest-moon" cx="136" cy="48" r="38" />
      <g transform="translate(30 -6) scale(2.9)">
        <path class="nest-bird" d={bird} />
        <circle class="nest-eye" cx="28.8" cy="15.2" r="1.4" />
      </g>
      <path class="nest-line" d="M42 90c8 24 29 36 58 36s50-12 58-36" />
      <path class="nest-line" d="M36 93c18 8 40 11 64 11s46-3 64-11" />
      <path class="nest-line" d="M52 106c14 7 30 9 48 9s34-2 48-9" />
      <path class="nest-twig" d="M28 84l24 13M172 84l-24 13M60 120l-13 8M140 120l13 8M100 126v11" />
    </svg>
  );
}
