import type { Theme } from '../model/types';

/** 'system' leaves the choice to the browser: color-scheme decides in tokens.css. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}
