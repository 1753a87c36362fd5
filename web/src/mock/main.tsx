import { render } from 'solid-js/web';
import type { Language, Theme } from '../model/types';
import { App } from '../ui/app';
import { detectLanguage } from '../ui/i18n/detect';
import { at } from './people';
import { pressAll } from './press';
import { scenes } from './scenes';
import { Switcher } from './switcher';
import { createWorld, fullState } from './world';

const asked = new URLSearchParams(location.search);
const scene = scenes.find((one) => one.name === asked.get('scene')) ?? scenes.find((one) => one.name === 'chat')!;
const language = (asked.get('lang') as Language | null) ?? detectLanguage();
const theme = (asked.get('theme') as Theme | null) ?? 'system';

if (scene.search && !asked.has('from')) location.search = `${location.search}&${scene.search}`;
if (scene.hash && !location.hash) history.replaceState(null, '', `#${scene.hash}`);
const full = fullState(language, theme);
const world = createWorld(scene.state ? scene.state(full) : full);

render(() => <><App state={world.state} dispatch={world.dispatch} change={world.change} listen={world.listen} />{!asked.has('bare') && <Switcher world={world} scene={scene.name} />}</>, document.getElementById('app')!);
// For behaviours.mjs: what other people do.
Object.assign(window, { rookeryMock: { nudge: () => world.emit({ type: 'nudged', conversation: at('wei'), from: at('wei'), at: Date.now() }) } });
void pressAll(scene.press ?? []).then(() => document.documentElement.setAttribute('data-ready', ''));
