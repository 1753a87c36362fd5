import { Show, type JSX } from 'solid-js';
import type { Show as Presence } from '../../model/types';
import { useUi } from '../context';
import { hueOf, initials } from './initials';

/** A picture, or initials on a colour that is always the same for an address. Decorative: the name stands beside it. */
export function Avatar(props: { jid: string; name: string; image: string; size: 's' | 'm' | 'l' | 'xl'; show?: Presence | 'invisible' }): JSX.Element {
  const ui = useUi();
  return (
    <span class={`avatar avatar-${props.size}`}>
      <Show when={safeImage(props.image)} fallback={<span class={`avatar-face hue-${hueOf(props.jid)}`} aria-hidden="true">{initials(props.name)}</span>}>
        {(src) => <img class="avatar-face" src={src()} alt="" draggable={false} />}
      </Show>
      <Show when={props.show}>
        {(show) => <span class={`presence presence-${show()}`} role="img" aria-label={ui.t(`show.${show()}`)} title={ui.t(`show.${show()}`)} />}
      </Show>
    </span>
  );
}

/** Only raster images in the page itself; whatever else a peer says his avatar is, is not looked at. */
export function safeImage(url: string): string | false {
  return /^(data:image\/(png|jpeg|gif|webp);base64,|blob:)/.test(url) && url;
}
