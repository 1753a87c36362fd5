import type { JSX } from 'solid-js';
import { useUi } from '../context';
import { Logo } from '../kit/logo';

const shortcuts = [
  ['Enter', 'keys.enter'], ['Shift Enter', 'keys.newline'], ['↑', 'keys.edit'], ['Esc', 'keys.escape'], ['Ctrl F', 'keys.search'], ['Tab ↑ ↓', 'keys.messages'],
] as const;

export function About(): JSX.Element {
  const ui = useUi();
  return (
    <>
      <div class="about"><Logo /><div><p><b>Rookery</b></p><p>{ui.t('about.text')}</p></div></div>
      <section class="settings-block"><h4>{ui.t('keys.title')}</h4>
        <dl class="keys">{shortcuts.map(([key, what]) => <div><dt>{key.split(' ').map((one) => <kbd>{one}</kbd>)}</dt><dd>{ui.t(what)}</dd></div>)}</dl>
      </section>
      <section class="settings-block"><h4>{ui.t('about.open')}</h4><p>{ui.t('about.openText')}</p></section>
    </>
  );
}
