import { Match, Switch, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { nameOf } from '../names';
import { useSession } from './session';

/** Over a conversation with someone who is no contact, asks to become one, or is blocked: what one can do about it. */
export function StrangerBar(): JSX.Element {
  const ui = useUi();
  const { jid } = useSession();
  const request = () => ui.state.requests.find((r) => r.jid === jid);
  const blocked = (): boolean => ui.state.blocked.includes(jid) || !!ui.state.contacts[jid]?.blocked;
  return (
    <Switch>
      <Match when={blocked()}>
        <div class="stranger"><span>{ui.t('chat.isBlocked')}</span><Button onClick={() => void ui.run({ do: 'unblock', jid })}>{ui.t('contact.unblock')}</Button></div>
      </Match>
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
