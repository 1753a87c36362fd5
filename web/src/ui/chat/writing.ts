// What one was in the middle of in a conversation: an answer, a change of a message, and the last letters of a draft that the engine
// may not have heard of when a page is left. Kept with the tab: there again after another conversation or a reload, gone with it.
import type { BareJid, Message } from '../../model/types';
import type { Task } from './session';

const KEY = 'rookery.writing';

export interface Writing {
  task: Task;
  text: string;
}
interface Kept {
  own: BareJid;
  by: Record<BareJid, Writing>;
}

function read(own: BareJid): Kept {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
    if (kept?.own === own) return kept;
  } catch {
    // A browser that keeps nothing, or something else under this name.
  }
  return { own, by: {} };
}
function write(kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // As above: it lasts as long as the conversation is open.
  }
}

/** null: there is nothing but what the draft has. */
export function keepWriting(own: BareJid, conversation: BareJid, writing: Writing | null): void {
  const kept = read(own);
  if (!writing && !(conversation in kept.by)) return;
  const { [conversation]: _, ...others } = kept.by;
  write({ own, by: writing ? { ...others, [conversation]: writing } : others });
}

/** Once. The message is taken as it is now, where it is among those that are loaded; one that was withdrawn meanwhile is no task any more. */
export function takeWriting(own: BareJid, conversation: BareJid, messages: readonly Message[]): Writing | null {
  const kept = read(own).by[conversation];
  if (!kept) return null;
  keepWriting(own, conversation, null);
  const message = kept.task && (messages.find((m) => m.id === kept.task!.message.id) ?? kept.task.message);
  if (message?.withdrawn) return kept.task!.kind === 'edit' ? null : { task: null, text: kept.text };
  return { task: message ? { kind: kept.task!.kind, message } : null, text: kept.text };
}

/** Nothing of one who has signed out stays. */
export function forgetWriting(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
