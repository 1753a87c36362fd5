import { createSignal, Show, type JSX } from 'solid-js';
import { askPermission, permission } from '../attention/notify';
import { play } from '../attention/sound';
import { useUi } from '../context';
import { Toggle } from '../kit/field';

export function Notifications(): JSX.Element {
  const ui = useUi();
  const s = () => ui.state.settings;
  const [allowed, setAllowed] = createSignal(permission());
  const switchOn = async (on: boolean): Promise<void> => {
    if (on) setAllowed(await askPermission());
    ui.change({ notifications: on && allowed() === 'granted' });
  };
  return (
    <section class="settings-block">
      <Toggle label={ui.t('notify.show')} help={ui.t('notify.showHelp')} on={s().notifications && allowed() === 'granted'} onChange={(on) => void switchOn(on)} />
      <Show when={allowed() === 'denied' || allowed() === 'unsupported'}><p class="notice notice-warn" role="status">{ui.t(allowed() === 'denied' ? 'notify.denied' : 'notify.unsupported')}</p></Show>
      <Toggle label={ui.t('notify.preview')} help={ui.t('notify.previewHelp')} on={s().notificationPreview} onChange={(notificationPreview) => ui.change({ notificationPreview })} />
      <Toggle label={ui.t('notify.sounds')} help={ui.t('notify.soundsHelp')} on={s().sounds} onChange={(sounds) => { ui.change({ sounds }); if (sounds) play('message'); }} />
      <Toggle label={ui.t('notify.nudges')} help={ui.t('notify.nudgesHelp')} on={s().nudges} onChange={(nudges) => ui.change({ nudges })} />
    </section>
  );
}
