import { Match, Switch, type JSX } from 'solid-js';
import { useUi, type Ui } from '../context';
import { Button } from '../kit/button';
import { nameOf } from '../names';
import { useSession } from './session';

export const isBlocked = (ui: Ui, jid: string): boolean => ui.state.blocked.includes(jid) || !!ui.state.contacts[jid]?.blocked;

/** In the place of the line one writes in: what one would write to someone blocked is refused. */
export function BlockedBar(): JSX.Element {
  const ui = useUi();
  const { jid } = useSession();
  return (
    <footer class="stranger stranger-blocked">
      <span>{ui.t('chat.isBlocked')}</span>
      <Button onClick={() => void ui.run({ do: 'unblock', jid })}>{ui.t('contact.unblock')}</Button>
    </footer>
  );
}

/** Over a conversation with someone who is no contact, or asks to become one: what one can do about it. */
export function StrangerBar(): JSX.Element {
  const ui = useUi();
  const { jid } = useSession();
  const request = () => ui.state.requests.find((r) => r.jid === jid);
  return (
    <Switch>
      <Match when={isBlocked(ui, jid)}>{null}</Match>
      <Match when={request()}>
        {(r) => (
          <div class="stranger">
            <span>{ui.t('requests.from', { name: r().nickname || nameOf(ui.state, jid) })}{r().greeting && ` “${r().greeting}”`}</span>
            <Button onClick={() => void ui.run({ do: 'answer-request', jid, accept: false })}>{ui.t('requests.decline')}</Button>
            <Button look="main" onClick={() => void ui.run({ do: 'answer-request', jid, accept: true })}>{ui.t('requests.accept')}</Button>
          </div>
        )}
      </Match>
      <Match when={!ui.state.contacts[jid]}>
        <div class="stranger">
          <span>{ui.t('chat.isStranger')}</span>
          <Button onClick={() => void ui.run({ do: 'block', jid })}>{ui.t('contact.block')}</Button>
          <Button look="main" onClick={() => ui.nav.open({ kind: 'add', jid })}>{ui.t('add.title')}</Button>
        </div>
      </Match>
    </Switch>
  );
}
