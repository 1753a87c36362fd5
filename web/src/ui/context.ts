// What every screen may reach: the state, the way to ask for something, the language, where one is, and how to talk to the user.
import { createContext, useContext } from 'solid-js';
import type { AppState, Language, Settings } from '../model/types';
import type { AppProps, CommandBody, Dispatch } from './api';
import type { Translate } from './i18n/translate';
import type { MenuRequest } from './kit/menu';
import type { Question } from './kit/ask';
import type { ToastAction } from './kit/toast';
import type { Nav } from './nav';

export interface Ui {
  readonly state: AppState;
  dispatch: Dispatch;
  /** Dispatches; a failure becomes a toast. True when it was done. */
  run: (command: CommandBody, doneText?: string) => Promise<boolean>;
  change: (patch: Partial<Settings>) => void;
  listen: AppProps['listen'];
  t: Translate;
  language: () => Language;
  nav: Nav;
  toast: (text: string, urgent?: boolean, action?: ToastAction) => void;
  ask: (question: Question) => Promise<boolean>;
  menu: (request: MenuRequest) => void;
  /** The sentence for whatever a dispatch was rejected with. */
  explain: (error: unknown) => string;
  /** A clock that ticks once a minute. */
  now: () => number;
}

export const UiContext = createContext<Ui>();

export function useUi(): Ui {
  const ui = useContext(UiContext);
  if (!ui) throw new Error('a component of the screens is used outside of <App>');
  return ui;
}
