// The root of the screens: what holds for all of them (language, theme, toasts, questions, menus), and which one is shown.
import { createEffect, createMemo, createSignal, lazy, Match, onCleanup, Suspense, Switch, type JSX } from 'solid-js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/kit.css';
import './styles/sign.css';
import { troubleOf, type AppProps } from './api';
import { UiContext, type Ui } from './context';
import { translator } from './i18n/translate';
import { AskHost, createAsk } from './kit/ask';
import { createMenu, MenuHost } from './kit/menu';
import { createToasts, ToastHost } from './kit/toast';
import { createNav } from './nav';
import { Sign } from './sign/sign';
import { Splash } from './sign/splash';
import { applyTheme } from './theme';

const Main = lazy(() => import('./main'));

export function App(props: AppProps): JSX.Element {
  const toasts = createToasts();
  const asking = createAsk();
  const menu = createMenu();
  const [now, setNow] = createSignal(Date.now());
  const tick = setInterval(() => setNow(Date.now()), 60_000);
  onCleanup(() => clearInterval(tick));
  const language = createMemo(() => props.state.settings.language);
  const t = createMemo(() => translator(language()));
  const explain = (error: unknown): string => t()(`failure.${troubleOf(error).why}`);
  const ui: Ui = {
    get state() { return props.state; },
    dispatch: (command) => props.dispatch(command),
    run: (command, doneText) => props.dispatch(command).then(
      () => { if (doneText) toasts.add(doneText); return true; },
      (error: unknown) => { toasts.add(explain(error), true); return false; }),
    change: (patch) => props.change(patch),
    listen: (hear) => props.listen(hear),
    t: (key, params) => t()(key, params),
    language, now, explain,
    nav: createNav(),
    toast: toasts.add,
    ask: asking.ask,
    menu: menu.show,
  };
  createEffect(() => document.documentElement.setAttribute('lang', language()));
  createEffect(() => applyTheme(props.state.settings.theme));
  return (
    <UiContext.Provider value={ui}>
      <Suspense fallback={<Splash />}>
        <Switch fallback={<Splash />}>
          <Match when={props.state.line.state === 'signed-out'}><Sign /></Match>
          <Match when={props.state.self}><Main /></Match>
        </Switch>
      </Suspense>
      <AskHost pending={asking.pending} />
      <MenuHost open={menu.open} close={() => menu.show(null)} />
      <ToastHost toasts={toasts} />
    </UiContext.Provider>
  );
}
