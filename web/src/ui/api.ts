// What the screens are given by ../app. They change nothing themselves: they read the state and ask.
import type { Command, Event, Failure } from '../engine/contract';
import type { AppState, Settings } from '../model/types';

type WithoutOp<T> = T extends unknown ? Omit<T, 'op'> : never;
export type CommandBody = WithoutOp<Command>;

/** Resolves on 'done' (for 'page': when the page is in the state), rejects with a Trouble on 'failed'. */
export type Dispatch = (command: CommandBody) => Promise<unknown>;

export interface Trouble {
  why: Failure;
  /** What the server said, in its own words; shown below our sentence. */
  text?: string;
}

export interface AppProps {
  state: AppState;
  dispatch: Dispatch;
  change: (patch: Partial<Settings>) => void;
  /** Every event of the engine as it comes; returns what ends it. */
  listen: (hear: (event: Event) => void) => () => void;
}

export function troubleOf(error: unknown): Trouble {
  if (typeof error === 'object' && error !== null && 'why' in error) return error as Trouble;
  return { why: 'server-error', text: error instanceof Error ? error.message : undefined };
}
