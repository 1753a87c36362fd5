import { For, Show, type JSX } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { useUi } from '../context';
import { arrowKeys } from '../kit/arrows';
import { Avatar } from '../kit/avatar';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Icon, type IconName } from '../kit/icons';
import { localPart } from '../names';
import { sections, type Section } from '../nav';
import { signOut } from '../sign/sign-out';
import { About } from './about';
import { Account } from './account';
import { Appearance } from './appearance';
import { Devices } from './devices';
import { LanguageSettings } from './language';
import { Notifications } from './notifications';
import { Privacy } from './privacy';
import { ProfileSettings } from './profile';
import { Sees } from './sees';

const icons: Record<Section, IconName> = {
  profile: 'person', account: 'key', devices: 'device', privacy: 'lock', notifications: 'bell', appearance: 'sun', language: 'globe', sees: 'eye', about: 'info',
};
const pages: Record<Section, () => JSX.Element> = {
  profile: ProfileSettings, account: Account, devices: Devices, privacy: Privacy, notifications: Notifications, appearance: Appearance,
  language: LanguageSettings, sees: Sees, about: About,
};

/** Sections at the start, the chosen one beside them; on a phone one after the other. */
export function Settings(props: { section: Section | null }): JSX.Element {
  const ui = useUi();
  const wide = matchMedia('(min-width: 720px)').matches;
  const section = (): Section | null => props.section ?? (wide ? 'profile' : null);
  const offered = (): Section[] => sections.filter((one) => one !== 'devices' || ui.state.server.devices);
  const back = (): (() => void) | undefined => (!wide && props.section ? () => ui.nav.replace({ kind: 'settings', section: null }) : undefined);
  return (
    <Dialog title={props.section && !wide ? ui.t(`settings.${props.section}`) : ui.t('settings.title')} class="dialog-settings" onClose={() => ui.nav.back()} back={back()}>
      <div class="settings" classList={{ 'settings-in': props.section !== null }}>
        <nav class="settings-nav" tabindex="-1" aria-label={ui.t('settings.title')} onKeyDown={(event) => arrowKeys(event, '.settings-link')}>
          <Self />
          <For each={offered()}>
            {(one) => (
              <button type="button" class="settings-link" aria-current={section() === one ? 'page' : undefined} onClick={() => ui.nav.replace({ kind: 'settings', section: one })}>
                <Icon name={icons[one]} /><span>{ui.t(`settings.${one}`)}</span><Icon name="forwardChevron" class="settings-chevron" />
              </button>
            )}
          </For>
          <SignOut />
        </nav>
        <Show when={section()} keyed>
          {(one) => <section class="settings-page scroller" tabindex="0" aria-label={ui.t(`settings.${one}`)}><h3 class="settings-title">{ui.t(`settings.${one}`)}</h3><Page section={one} /></section>}
        </Show>
      </div>
    </Dialog>
  );
}

function Page(props: { section: Section }): JSX.Element {
  return <Dynamic component={pages[props.section]} />;
}

function Self(): JSX.Element {
  const ui = useUi();
  const self = () => ui.state.self!;
  const name = (): string => self().nickname || localPart(self().jid);
  return (
    <div class="settings-self">
      <Avatar jid={self().jid} name={name()} image={self().avatar} size="m" />
      <span><b>{name()}</b><small>{self().jid}</small></span>
    </div>
  );
}

function SignOut(): JSX.Element {
  const ui = useUi();
  return <Button look="quiet" icon="signOut" class="settings-out danger-text" onClick={() => void signOut(ui)}>{ui.t('settings.signOut')}</Button>;
}
