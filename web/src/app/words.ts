// What was written and not yet confirmed as kept, beside the engine's own store: that one is asynchronous, and a page, or the worker with
// its last page, may be closed before it has written. One key for each, so that tabs do not overwrite each other's.
import { WRITING, type Unanswered } from '../engine/contract';
import type { KeptWords } from './client';

const PREFIX = 'rookery-words/';

function parsed(json: string | null): Unanswered[] {
  const given = JSON.parse(json ?? 'null') as Partial<Unanswered> | null;
  const { own, command } = given ?? {};
  return own && command?.id && command.to && WRITING.includes(command.do) ? [{ own, command }] : [];
}
/** A browser that keeps nothing loses what it would have lost without. */
function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

export const wordsInBrowser: KeptWords = {
  add: (words) => attempt(() => localStorage.setItem(PREFIX + words.command.id, JSON.stringify(words)), undefined),
  drop: (id) => attempt(() => localStorage.removeItem(PREFIX + id), undefined),
  all: () => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)), [])
    .flatMap((key) => attempt(() => parsed(localStorage.getItem(key)), []))
    .sort((a, b) => a.command.at - b.command.at || a.command.op - b.command.op),
};
