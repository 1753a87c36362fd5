// What the screens are given (../ui/api.ts), made of an engine at the other end of a port.
import { createStore } from 'solid-js/store';
import type { Command, Event } from '../engine/contract';
import { initialState } from '../model/initial';
import { optimistic, type WayBack } from '../model/optimistic';
import { reduce, type LocalEvent } from '../model/reduce';
import type { AppState, Settings, SignOutReason } from '../model/types';
import type { AppProps, CommandBody, Trouble } from '../ui/api';
import { applyState } from './apply';
import type { EnginePort } from './engine_port';

interface Waiting {
  command: Command;
  back: WayBack;
  resolve: (result: unknown) => void;
  reject: (trouble: Trouble) => void;
}

export interface Client extends AppProps {
  /** With what is kept of the last visit; settles when it is known whether there is anything. */
  begin(): Promise<void>;
}

/** What the browser keeps for the page itself. */
export interface Kept<T> {
  read(): T;
  write(value: T): void;
  changed?(hear: () => void): void;
}

/** `domain`: whose accounts are meant where none is named. `signedIn`: where nobody was, the sign-in page does not wait for the engine. */
export function createClient(port: EnginePort, domain: string, settings: Kept<Settings>, signedIn: Kept<boolean>): Client {
  const kept = settings.read();
  const blank = initialState(kept.language, kept);
  let current: AppState = {
    ...blank,
    line: signedIn.read() ? { state: 'connecting', since: Date.now(), attempt: 0 } : { state: 'signed-out' },
    // Whether accounts can be made is known when one tries.
    server: { ...blank.server, domain, registration: true },
  };
  const [state, set] = createStore<AppState>(structuredClone(current));
  const waiting = new Map<number, Waiting>();
  const ears = new Set<(event: Event) => void>();
  let ops = 0;

  const remember = ({ line, self }: AppState): void => {
    if (self) signedIn.write(true);
    else if (line.state === 'signed-out' && line.reason !== 'opened-elsewhere') signedIn.write(false);
  };
  const become = (next: AppState): void => {
    const before = current;
    current = next;
    applyState(set, before, next);
    if (before.settings !== next.settings) settings.write(next.settings);
    if (before.line !== next.line || before.self !== next.self) remember(next);
  };
  settings.changed?.(() => become({ ...current, settings: settings.read() }));
  const local = (event: LocalEvent): void => become(reduce(current, event));

  const settle = (event: Extract<Event, { type: 'done' | 'failed' }>): void => {
    const asked = waiting.get(event.op);
    if (!asked) return;
    waiting.delete(event.op);
    if (event.type === 'done') return asked.resolve(event.result);
    become(asked.back(current));
    if (asked.command.do === 'page') local({ type: 'page-failed', conversation: asked.command.conversation, why: event.why });
    asked.reject({ why: event.why, text: event.text });
  };
  port.hear((event) => {
    become(reduce(current, event));
    for (const ear of [...ears]) ear(event);
    if (event.type === 'done' || event.type === 'failed') settle(event);
  });

  const dispatch = (body: CommandBody): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const command = { ...body, op: ++ops } as Command;
      const { state: shown, back } = optimistic(current, command);
      become(reduce(shown, { type: 'asked', command }));
      waiting.set(command.op, { command, back, resolve, reject });
      port.post({ kind: 'command', command });
    });

  return {
    state,
    dispatch,
    change: (patch) => {
      become({ ...current, settings: { ...current.settings, ...patch } });
      if (current.self) dispatch({ do: 'settings', patch }).catch(() => undefined);
    },
    listen: (hear) => {
      ears.add(hear);
      return () => ears.delete(hear);
    },
    begin: async () => {
      const signedOut = ({ text }: Trouble): void =>
        become(reduce(current, { type: 'line', line: { state: 'signed-out', reason: signOutReason(text) } }));
      await dispatch({ do: 'continue' }).catch(signedOut);
    },
  };
}

/** 'continue' tells why there is nothing to go on with, where it knows. */
function signOutReason(text: string | undefined): SignOutReason | undefined {
  return (['token-expired', 'bad-credentials', 'signed-out-elsewhere', 'opened-elsewhere'] as const).find((reason) => reason === text);
}
