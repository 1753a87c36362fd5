// What the parts of one open conversation share: what is being answered or changed, what is marked, how to get to a message.
import { createContext, createSignal, useContext, type Accessor, type Setter } from 'solid-js';
import type { BareJid, Message, Time } from '../../model/types';

export type Task = { kind: 'reply' | 'edit'; message: Message } | null;

export interface Session {
  jid: BareJid;
  task: Accessor<Task>;
  setTask: Setter<Task>;
  /** Words being searched for, marked in the text. */
  marked: Accessor<string>;
  setMarked: Setter<string>;
  /** Of the messages in which they stand, the one that is being looked at. */
  hit: Accessor<string>;
  setHit: Setter<string>;
  /** A message that has just been jumped to, lit up for a moment. */
  lit: Accessor<string>;
  light: (id: string) => void;
  viewing: Accessor<Message | null>;
  setViewing: Setter<Message | null>;
  forwarding: Accessor<Message | null>;
  setForwarding: Setter<Message | null>;
  reacting: Accessor<Message | null>;
  setReacting: Setter<Message | null>;
  /** Put in place by the list: false where the message is not in the window. */
  list: { toMessage: (id: string) => boolean; toEnd: () => void; toTime: (at: Time) => Promise<void> };
  composer: { focus: () => void };
}

const lit_ms = 1_600;

export function createSession(jid: BareJid): Session {
  const [task, setTask] = createSignal<Task>(null);
  const [marked, setMarked] = createSignal('');
  const [hit, setHit] = createSignal('');
  const [lit, setLit] = createSignal('');
  const [viewing, setViewing] = createSignal<Message | null>(null);
  const [forwarding, setForwarding] = createSignal<Message | null>(null);
  const [reacting, setReacting] = createSignal<Message | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const light = (id: string): void => {
    clearTimeout(timer);
    setLit(id);
    timer = setTimeout(() => setLit(''), lit_ms);
  };
  return {
    jid, task, setTask, marked, setMarked, hit, setHit, lit, light, viewing, setViewing, forwarding, setForwarding, reacting, setReacting,
    list: { toMessage: () => false, toEnd: () => undefined, toTime: async () => undefined },
    composer: { focus: () => undefined },
  };
}

export const SessionContext = createContext<Session>();
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('a component of a conversation is used outside of one');
  return session;
}
