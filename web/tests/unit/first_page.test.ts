// What a page shows before its engine has said anything.
import { expect, test } from 'vitest';
import { createClient, type Client } from '../../src/app/client';
import type { EnginePort } from '../../src/app/engine_port';
import type { Event } from '../../src/engine/contract';
import { initialSettings } from '../../src/model/initial';
import type { Settings } from '../../src/model/types';

interface Page {
  client: Client;
  kept: () => boolean;
  say: (event: Event) => void;
  /** Another page changes the settings. */
  elsewhere: (patch: Partial<Settings>) => void;
}
function page(wasSignedIn: boolean): Page {
  let kept = wasSignedIn;
  let hear: (event: Event) => void = () => {};
  const port: EnginePort = { post: () => {}, hear: (listener) => { hear = listener; } };
  let settings = initialSettings('en');
  let changed = (): void => {};
  const keptSettings = { read: () => settings, write: () => {}, changed: (hear: () => void) => { changed = hear; } };
  const client = createClient(port, 'localhost', keptSettings, { read: () => kept, write: (value) => { kept = value; } });
  const elsewhere = (patch: Partial<Settings>): void => {
    settings = { ...settings, ...patch };
    changed();
  };
  return { client, kept: () => kept, say: (event) => hear(event), elsewhere };
}
const snapshot = {
  type: 'snapshot', line: { state: 'online' }, contacts: [], requests: [], people: [], conversations: [], blocked: [], settings: {},
  self: { jid: 'ann@localhost', show: 'online', status: '', nickname: '', signature: '', avatar: '', avatarHash: '' },
  server: { domain: 'localhost', registration: true, devices: true, upload: false, search: false },
} as unknown as Event;

test('where nobody was signed in, the sign-in page does not wait for the engine', () => {
  expect(page(false).client.state.line.state).toBe('signed-out');
  expect(page(true).client.state.line.state).toBe('connecting');
});
test('it is kept that somebody is signed in, until one signs out', () => {
  const { kept, say } = page(false);
  say(snapshot);
  expect(kept()).toBe(true);
  say({ type: 'line', line: { state: 'signed-out', reason: 'opened-elsewhere' } });
  expect(kept()).toBe(true);
  say({ type: 'line', line: { state: 'signed-out', reason: 'by-user' } });
  expect(kept()).toBe(false);
});
test('what another page sets holds here too', () => {
  const { client, elsewhere } = page(true);
  elsewhere({ notifications: true, theme: 'dark' });
  expect(client.state.settings).toMatchObject({ notifications: true, theme: 'dark', language: 'en' });
});
