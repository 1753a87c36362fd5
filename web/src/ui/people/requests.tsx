import { For, Show, type JSX } from 'solid-js';
import type { ContactRequest } from '../../model/types';
import { useUi } from '../context';
import { ago } from '../i18n/dates';
import { Avatar } from '../kit/avatar';
import { Button, IconButton } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Empty } from '../kit/empty';
import { localPart } from '../names';
import { block } from './contact-menu';

/** Who wants to be a contact. */
export function Requests(): JSX.Element {
  const ui = useUi();
  return (
    <Dialog title={ui.t('requests.title')} onClose={() => ui.nav.back()}>
      <Show when={ui.state.requests.length} fallback={<Empty small title={ui.t('requests.emptyTitle')} text={ui.t('requests.emptyText')} />}>
        <ul class="requests"><For each={ui.state.requests}>{(request) => <li><Request request={request} /></li>}</For></ul>
      </Show>
    </Dialog>
  );
}

function Request(props: { request: ContactRequest }): JSX.Element {
  const ui = useUi();
  const r = () => props.request;
  const name = (): string => r().nickname || localPart(r().jid);
  const answer = (accept: boolean): void => void ui.run({ do: 'answer-request', jid: r().jid, accept }, ui.t(accept ? 'requests.accepted' : 'requests.declined', { name: name() }));
  return (
    <div class="request">
      <Avatar jid={r().jid} name={name()} image="" size="m" />
      <div class="request-text">
        <p><b>{name()}</b> <span class="request-jid">{r().jid}</span></p>
        <Show when={r().greeting}><p class="request-greeting">{r().greeting}</p></Show>
        <time>{ago(ui.language(), r().at, ui.now())}</time>
        <div class="request-buttons">
          <Button look="main" onClick={() => answer(true)}>{ui.t('requests.accept')}</Button>
          <Button onClick={() => answer(false)}>{ui.t('requests.decline')}</Button>
          <IconButton icon="block" label={ui.t('contact.block')} onClick={() => void block(ui, r().jid)} />
        </div>
      </div>
    </div>
  );
}
