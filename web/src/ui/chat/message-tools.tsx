import type { JSX } from 'solid-js';
import type { Message } from '../../model/types';
import { useUi } from '../context';
import { IconButton } from '../kit/button';
import { canReact, messageMenu } from './actions';
import { useSession } from './session';

/** Beside a message while the pointer is over it. The same is in the menu, for keyboard and touch. */
export function MessageTools(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  return (
    <div class="tools">
      {canReact(props.message) && <IconButton icon="smile" tabindex="-1" label={ui.t('action.react')} onClick={() => session.setReacting(props.message)} />}
      {canReact(props.message) && <IconButton icon="reply" tabindex="-1" label={ui.t('action.reply')} onClick={() => { session.setTask({ kind: 'reply', message: props.message }); session.composer.focus(); }} />}
      <IconButton icon="more" tabindex="-1" label={ui.t('common.more')} aria-haspopup="menu" onClick={(event) => messageMenu(ui, session, props.message, event.currentTarget)} />
    </div>
  );
}
