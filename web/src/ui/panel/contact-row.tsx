import { Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { press } from '../chat/long-press';
import { Avatar } from '../kit/avatar';
import { nameOf } from '../names';
import { contactMenu } from '../people/contact-menu';

/** One contact: remark name (and nickname behind it), what he says of himself. Pressing opens the conversation. */
export function ContactButton(props: { jid: string; onChosen?: () => void }): JSX.Element {
  const ui = useUi();
  const contact = () => ui.state.contacts[props.jid];
  return (
    <Show when={contact()}>
      {(c) => (
        <button type="button" class="row row-contact" classList={{ 'row-offline': c().show === 'offline', 'row-open': ui.nav.route().chat === props.jid }}
          ref={(element) => press(element, (at) => contactMenu(ui, c(), at))} onClick={() => { ui.nav.openChat(props.jid); props.onChosen?.(); }}
          onContextMenu={(event) => { event.preventDefault(); contactMenu(ui, c(), event.clientX ? { x: event.clientX, y: event.clientY } : event.currentTarget); }}>
          <Avatar jid={props.jid} name={nameOf(ui.state, props.jid)} image={c().profile.avatar} size="m" show={c().show} />
          <span class="row-text">
            <span class="row-line">
              <span class="row-name">{nameOf(ui.state, props.jid)}</span>
              <Show when={c().remark && c().profile.nickname && c().profile.nickname !== c().remark}><span class="row-nick">{c().profile.nickname}</span></Show>
              <Show when={c().blocked}><span class="tag">{ui.t('contacts.blocked')}</span></Show>
              <Show when={c().asked && c().subscription !== 'both' && c().subscription !== 'to'}><span class="tag">{ui.t('contacts.asked')}</span></Show>
            </span>
            <span class="row-last">{c().status || c().profile.signature || ui.t(`show.${c().show}`)}</span>
          </span>
        </button>
      )}
    </Show>
  );
}
