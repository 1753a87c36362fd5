import type { JSX } from 'solid-js';
import { useUi } from '../context';
import { Choice } from '../kit/field';

export function LanguageSettings(): JSX.Element {
  const ui = useUi();
  return (
    <section class="settings-block">
      <Choice label={ui.t('language.choose')} value={ui.state.settings.language} onChange={(language) => ui.change({ language })}
        options={[{ value: 'zh-CN', label: '简体中文' }, { value: 'en', label: 'English' }]} />
      <p class="field-help">{ui.t('language.text')}</p>
    </section>
  );
}
