import type { JSX } from 'solid-js';
import { useUi } from '../context';
import { Icon } from '../kit/icons';
import type { Language, Theme } from '../../model/types';

/** Language and theme before one has signed in. */
export function SignLanguage(): JSX.Element {
  const ui = useUi();
  const languages: [Language, string][] = [['zh-CN', '简体中文'], ['en', 'English']];
  const themes: Theme[] = ['system', 'light', 'dark'];
  return (
    <>
      <label class="sign-choice"><Icon name="globe" /><select aria-label={ui.t('settings.language')} onChange={(e) => ui.change({ language: e.currentTarget.value as Language })}>
        {languages.map(([value, name]) => <option value={value} lang={value} selected={ui.state.settings.language === value}>{name}</option>)}
      </select></label>
      <label class="sign-choice"><Icon name="sun" /><select aria-label={ui.t('appearance.theme')} onChange={(e) => ui.change({ theme: e.currentTarget.value as Theme })}>
        {themes.map((theme) => <option value={theme} selected={ui.state.settings.theme === theme}>{ui.t(`theme.${theme}`)}</option>)}
      </select></label>
    </>
  );
}
