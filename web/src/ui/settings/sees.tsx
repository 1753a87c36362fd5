import { For, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Icon } from '../kit/icons';

const does = ['server', 'keeps', 'sends', 'permissions'] as const;
const doesNot = ['origins', 'files', 'programs', 'password', 'tracking'] as const;

/** The third promise, where the user can see it: what this page touches, sends and keeps, and what it cannot. */
export function Sees(): JSX.Element {
  const ui = useUi();
  return (
    <>
      <p class="settings-intro">{ui.t('sees.text')}</p>
      <section class="settings-block"><h4>{ui.t('sees.does')}</h4>
        <ul class="sees"><For each={does}>{(one) => <li><Icon name="eye" /><p><b>{ui.t(`sees.${one}`)}</b>{ui.t(`sees.${one}Text`, { domain: location.host })}</p></li>}</For></ul>
      </section>
      <section class="settings-block"><h4>{ui.t('sees.doesNot')}</h4>
        <ul class="sees sees-not"><For each={doesNot}>{(one) => <li><Icon name="block" /><p><b>{ui.t(`sees.${one}`)}</b>{ui.t(`sees.${one}Text`)}</p></li>}</For></ul>
      </section>
      <p class="field-help">{ui.t('sees.check')}</p>
    </>
  );
}
