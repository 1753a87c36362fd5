import { lazy, Suspense, type JSX } from 'solid-js';
import type { Message } from '../../model/types';
import { useUi } from '../context';
import { Dialog } from '../kit/dialog';
import { toggleReaction } from './send';
import { useSession } from './session';

const EmojiPanel = lazy(() => import('../emoji/panel'));

export function ReactionPicker(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const close = (): void => void session.setReacting(null);
  return (
    <Dialog title={ui.t('action.react')} class="dialog-emoji" onClose={close}>
      <Suspense fallback={<p class="pill"><span class="spinner" aria-hidden="true" />{ui.t('chat.loading')}</p>}>
        <EmojiPanel onPick={(emoji) => { toggleReaction(ui, props.message, emoji); close(); }} onClose={close} />
      </Suspense>
    </Dialog>
  );
}
