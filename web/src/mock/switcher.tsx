import { For, type JSX } from 'solid-js';
import { at } from './people';
import { scenes } from './scenes';
import './switcher.css';
import { message } from './talk';
import type { World } from './world';

/** Goes from screen to screen, and lets things happen that other people do. */
export function Switcher(props: { world: World; scene: string }): JSX.Element {
  const go = (key: string, value: string): void => {
    const search = new URLSearchParams(location.search);
    search.set(key, value);
    location.assign(`${location.pathname}?${search}`);
  };
  const come = (): void => {
    const m = message(at('wei'), false, Date.now(), 'Ding!');
    props.world.set('windows', at('wei'), 'messages', (all) => [...all, m]);
    props.world.emit({ type: 'message', message: m, live: true });
  };
  return (
    <details class="switcher">
      <summary>mocked</summary>
      <select aria-label="scene" onChange={(event) => go('scene', event.currentTarget.value)}>
        <For each={scenes}>{(scene) => <option value={scene.name} selected={scene.name === props.scene}>{scene.name}</option>}</For>
      </select>
      <button type="button" onClick={() => go('lang', props.world.state.settings.language === 'en' ? 'zh-CN' : 'en')}>中/en</button>
      <button type="button" onClick={() => props.world.change({ theme: props.world.state.settings.theme === 'dark' ? 'light' : 'dark' })}>☀/☾</button>
      <button type="button" onClick={come}>message</button>
      <button type="button" onClick={() => props.world.emit({ type: 'nudged', conversation: at('wei'), from: at('wei'), at: Date.now() })}>nudge</button>
    </details>
  );
}
