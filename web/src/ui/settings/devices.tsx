import { createSignal, For, onMount, Show, type JSX } from 'solid-js';
import type { Device } from '../../model/types';
import { useUi } from '../context';
import { ago } from '../i18n/dates';
import { Button } from '../kit/button';
import { Icon } from '../kit/icons';

/** Where one is signed in, and signing one of them out. */
export function Devices(): JSX.Element {
  const ui = useUi();
  const [failed, setFailed] = createSignal('');
  const ask = (): void => {
    setFailed('');
    ui.dispatch({ do: 'devices' }).catch((error: unknown) => setFailed(ui.explain(error)));
  };
  onMount(ask);
  const sorted = (): Device[] => [...(ui.state.devices ?? [])].sort((a, b) => Number(b.current) - Number(a.current) || b.lastUsed - a.lastUsed);
  return (
    <>
      <p class="settings-intro">{ui.t('devices.text')}</p>
      <Show when={failed()}><p class="notice notice-bad" role="alert">{failed()} <button type="button" class="link" onClick={ask}>{ui.t('common.retry')}</button></p></Show>
      <Show when={ui.state.devices} fallback={<Show when={!failed()}><p class="settings-wait" role="status"><span class="spinner" aria-hidden="true" />{ui.t('chat.loading')}</p></Show>}>
        <ul class="devices"><For each={sorted()}>{(device) => <li><DeviceRow device={device} onGone={ask} /></li>}</For></ul>
      </Show>
    </>
  );
}

function DeviceRow(props: { device: Device; onGone: () => void }): JSX.Element {
  const ui = useUi();
  const d = () => props.device;
  const signOut = async (): Promise<void> => {
    const sure = await ui.ask({ title: ui.t('devices.outTitle', { name: d().name || d().software }), text: ui.t('devices.outText'), yes: ui.t('devices.out'), danger: true });
    if (!sure) return;
    try {
      const answer = await ui.dispatch({ do: 'sign-out-device', id: d().id });
      ui.toast(ui.t(answer === 'knows-password' ? 'devices.outKnows' : 'devices.outDone'));
      props.onGone();
    } catch (error) {
      ui.toast(ui.explain(error), true);
    }
  };
  const when = (): string => (d().online ? ui.t('devices.online') : ui.t('devices.used', { when: ago(ui.language(), d().lastUsed, ui.now()) }));
  return (
    <div class="device">
      <span class="row-icon"><Icon name={/android|ios|phone|mobile|conversations|手机/i.test(`${d().name} ${d().software}`) ? 'phone' : 'device'} /></span>
      <div class="device-text">
        <p><b>{d().name || d().software}</b><Show when={d().current}><span class="tag tag-good">{ui.t('devices.this')}</span></Show></p>
        <p class="device-more">{[d().name && d().software, when()].filter(Boolean).join(' · ')}</p>
      </div>
      <Show when={!d().current}><Button look="quiet" class="danger-text" onClick={() => void signOut()}>{ui.t('devices.out')}</Button></Show>
    </div>
  );
}
