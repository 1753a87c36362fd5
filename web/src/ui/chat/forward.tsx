import { createMemo, createSignal, For, type JSX } from 'solid-js';
import type { Message } from '../../model/types';
import { useUi } from '../context';
import { Avatar } from '../kit/avatar';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { avatarOf, matches, nameOf, searchedPart } from '../names';
import { orderConversations } from '../panel/order';
import { forwardTo, quoteText } from './send';
import { useSession } from './session';

const targets_max = 9;

/** To whom: the last conversations first, then the other contacts. */
export function Forward(props: { message: Message }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const [query, setQuery] = createSignal('');
  const [chosen, setChosen] = createSignal<string[]>([]);
  const everyone = createMemo(() => [...new Set([...orderConversations(ui.state.conversations).map((c) => c.jid), ...Object.keys(ui.state.contacts)])]);
  const shown = (): string[] => everyone().filter((jid) => matches(query(), nameOf(ui.state, jid), searchedPart(query(), jid))).slice(0, 100);
  const toggle = (jid: string): void => {
    setChosen((old) => (old.includes(jid) ? old.filter((one) => one !== jid) : [...old, jid].slice(0, targets_max)));
  };
  const close = (): void => void session.setForwarding(null);
  const send = (): void => {
    for (const jid of chosen()) forwardTo(ui, jid, props.message);
    ui.toast(ui.t('forward.done', { n: chosen().length }));
    close();
  };
  return (
    <Dialog title={ui.t('forward.title')} onClose={close}>
      <div class="forward">
        <p class="forward-what">{quoteText(ui, props.message)}</p>
        <Field label={ui.t('forward.to')} type="search" value={query()} onText={setQuery} autofocus />
        <ul class="forward-list scroller" aria-label={ui.t('forward.to')}>
          <For each={shown()}>
            {(jid) => (
              <li>
                <label class="row row-check">
                  <input type="checkbox" checked={chosen().includes(jid)} onChange={() => toggle(jid)} disabled={!chosen().includes(jid) && chosen().length >= targets_max} />
                  <Avatar jid={jid} name={nameOf(ui.state, jid)} image={avatarOf(ui.state, jid)} size="s" />
                  <span class="row-name">{nameOf(ui.state, jid)}</span>
                </label>
              </li>
            )}
          </For>
        </ul>
        <footer class="dialog-foot">
          <Button onClick={close}>{ui.t('common.cancel')}</Button>
          <Button look="main" icon="share" disabled={!chosen().length} onClick={send}>{chosen().length ? ui.t('forward.send', { n: chosen().length }) : ui.t('action.forward')}</Button>
        </footer>
      </div>
    </Dialog>
  );
}
