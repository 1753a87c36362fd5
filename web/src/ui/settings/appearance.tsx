import type { JSX } from 'solid-js';
import type { Theme } from '../../model/types';
import { useUi } from '../context';
import { Choice, Toggle } from '../kit/field';

const themes: Theme[] = ['system', 'light', 'dark'];

export function Appearance(): JSX.Element {
  const ui = useUi();
  const s = () => ui.state.settings;
  return (
    <section class="settings-block">
      <Choice label={ui.t('appearance.theme')} value={s().theme} options={themes.map((value) => ({ value, label: ui.t(`theme.${value}`) }))} onChange={(theme) => ui.change({ theme })} />
      <Choice label={ui.t('appearance.messages')} value={s().bubbles ? 'bubbles' : 'lines'} onChange={(value) => ui.change({ bubbles: value === 'bubbles' })}
        options={[{ value: 'bubbles', label: ui.t('appearance.bubbles') }, { value: 'lines', label: ui.t('appearance.lines') }]} />
      <Toggle label={ui.t('appearance.enter')} help={ui.t(s().enterSends ? 'appearance.enterHelp' : 'appearance.ctrlHelp')} on={s().enterSends} onChange={(enterSends) => ui.change({ enterSends })} />
    </section>
  );
}
