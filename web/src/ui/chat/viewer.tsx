import { createSignal, Show, type JSX } from 'solid-js';
import { unwrap } from 'solid-js/store';
import type { Message } from '../../model/types';
import { useUi } from '../context';
import { IconButton } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Icon } from '../kit/icons';
import { fileName, isOwnImage } from './files';
import { useSession } from './session';

/** Pictures of a conversation at full size; arrows go from one to the next. */
export function Viewer(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const [real, setReal] = createSignal(false);
  const all = (): Message[] => unwrap(ui.state.windows[session.jid]?.messages ?? []).filter((m) => m.file && !m.withdrawn && isOwnImage(m.file));
  const at = (): number => all().findIndex((m) => m.id === props.message.id);
  const go = (step: number): void => {
    const next = all()[at() + step];
    if (next) session.setViewing(next);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft') go(-1);
    else if (event.key === 'ArrowRight') go(1);
    else if (event.key === '+' || event.key === '-') setReal(event.key === '+');
  };
  const file = () => props.message.file!;
  return (
    <Dialog title={fileName(file())} class="viewer" keys={keys} onClose={() => session.setViewing(null)}>
      <div class="viewer-stage" classList={{ 'viewer-real': real() }} tabindex="0" role="group" aria-label={ui.t('viewer.label')}>
        <img src={file().url} alt={file().description ?? fileName(file())} />
      </div>
      <div class="viewer-tools">
        <Show when={at() > 0}><IconButton icon="back" label={ui.t('viewer.previous')} onClick={() => go(-1)} /></Show>
        <IconButton icon={real() ? 'zoomOut' : 'zoomIn'} label={ui.t(real() ? 'viewer.fit' : 'viewer.real')} onClick={() => setReal(!real())} />
        <a class="icon-button" href={file().url} target="_blank" rel="noopener noreferrer" aria-label={ui.t('file.open', { name: fileName(file()) })} title={ui.t('file.open', { name: fileName(file()) })}><Icon name="external" /></a>
        <Show when={at() < all().length - 1}><IconButton icon="forwardChevron" label={ui.t('viewer.next')} onClick={() => go(1)} /></Show>
      </div>
    </Dialog>
  );
}
