import { For, Show, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Avatar } from '../kit/avatar';
import { Button } from '../kit/button';
import { Toggle } from '../kit/field';
import { avatarOf, nameOf } from '../names';

export function Privacy(): JSX.Element {
  const ui = useUi();
  const s = () => ui.state.settings;
  return (
    <>
      <section class="settings-block">
        <Toggle label={ui.t('privacy.receipts')} help={ui.t('privacy.receiptsHelp')} on={s().sendReceipts} onChange={(sendReceipts) => ui.change({ sendReceipts })} />
        <Toggle label={ui.t('privacy.read')} help={ui.t('privacy.readHelp')} on={s().sendRead} onChange={(sendRead) => ui.change({ sendRead })} />
        <Toggle label={ui.t('privacy.typing')} help={ui.t('privacy.typingHelp')} on={s().sendTyping} onChange={(sendTyping) => ui.change({ sendTyping })} />
      </section>
      <section class="settings-block">
        <h4>{ui.t('privacy.blocked')}</h4>
        <p>{ui.t('privacy.blockedText')}</p>
        <Show when={ui.state.blocked.length} fallback={<p class="settings-none">{ui.t('privacy.nobody')}</p>}>
          <ul class="devices">
            <For each={ui.state.blocked}>
              {(jid) => (
                <li class="device">
                  <Avatar jid={jid} name={nameOf(ui.state, jid)} image={avatarOf(ui.state, jid)} size="s" />
                  <div class="device-text"><p><b>{nameOf(ui.state, jid)}</b></p><p class="device-more">{jid}</p></div>
                  <Button onClick={() => void ui.run({ do: 'unblock', jid })}>{ui.t('contact.unblock')}</Button>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </section>
    </>
  );
}
