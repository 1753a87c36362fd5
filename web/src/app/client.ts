// What the screens are given (../ui/api.ts), made of an engine at the other end of a port.
import { createStore } from 'solid-js/store';
import { WRITING, type Command, type Event, type Unanswered } from '../engine/contract';
import { initialState } from '../model/initial';
import { optimistic, type WayBack } from '../model/optimistic';
import { reduce, type LocalEvent } from '../model/reduce';
import type { AppState, BareJid, Settings, SignOutReason } from '../model/types';
import type { AppProps, CommandBody, Trouble } from '../ui/api';
import { applyState } from './apply';
import type { EnginePort } from './engine_port';

interface Waiting {
  command: Command;
  back: WayBack;
  /** Who was signed in when it was asked for. */
  own: BareJid | undefined;
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

/** What was written and is not known to be kept by the engine, by the command's id: at once, and for the next page too. */
export interface KeptWords {
  add(words: Unanswered): void;
  drop(id: string): void;
  /** In the order of writing. */
  all(): Unanswered[];
}
const keptNowhere: KeptWords = { add: () => undefined, drop: () => undefined, all: () => [] };
const isWriting = (command: Command): command is Unanswered['command'] => WRITING.includes(command.do);

/** `domain`: whose accounts are meant where none is named. `signedIn`: where nobody was, the sign-in page does not wait for the engine. */
export function createClient(port: EnginePort, domain: string, settings: Kept<Settings>, signedIn: Kept<boolean>, words = keptNowhere): Client {
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

  /** Words are kept by the engine now, or have failed before the user's eyes, or went with the account. */
  const answered = ({ command, own }: Waiting, done: boolean): void => {
    if (isWriting(command)) words.drop(command.id);
    const begun = command.do === 'continue' || command.do === 'sign-in';
    const [taken, whose] = begun ? [command.unanswered ?? [], current.self?.jid] : ['sign-out', 'delete-account'].includes(command.do) ? [words.all(), own] : [[]];
    if (done) for (const one of taken) if (one.own === whose) words.drop(one.command.id);
  };
  const settle = (event: Extract<Event, { type: 'done' | 'failed' }>): void => {
    const asked = waiting.get(event.op);
    if (!asked) return;
    waiting.delete(event.op);
    answered(asked, event.type === 'done');
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
      const own = current.self?.jid;
      const begins = body.do === 'continue' || body.do === 'sign-in';
      const command = { ...body, op: ++ops, ...(begins ? { unanswered: words.all() } : {}) } as Command;
      if (own && isWriting(command)) words.add({ own, command });
      const { state: shown, back } = optimistic(current, command);
      become(reduce(shown, { type: 'asked', command }));
      waiting.set(command.op, { command, back, own, resolve, reject });
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
