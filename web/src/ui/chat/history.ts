// The open window of a conversation: what of it is here, what is asked for next, and how it came to be what it is.
import { $TRACK, createEffect, createMemo, createSignal, on, onCleanup, untrack, type Accessor } from 'solid-js';
import { unwrap } from 'solid-js/store';
import type { BareJid, HistoryWindow, Message, Time } from '../../model/types';
import type { Ui } from '../context';
import { addedBehind, buildRows, changeOf, firstFresh, type Change, type Row } from './rows';

const page_messages = 50;
/** So early that the wheel, turned fast, does not arrive before the page does. */
const near_px = 4_000;
const slow_ms = 400;

export interface View { rows: Row[]; change: Change; generation: number }

export function createHistory(ui: Ui, jid: BareJid) {
  const window = (): HistoryWindow | undefined => ui.state.windows[jid];
  const online = (): boolean => ui.state.line.state === 'online';
  const [freshId, setFreshId] = createSignal<string | undefined>();
  const [failed, setFailed] = createSignal('');
  const [slow, setSlow] = createSignal(false);
  const [step, setStep] = createSignal(0);
  let target: string | undefined;
  let generation = 0;
  let freshDecided = false;
  let index = new Map<string, Row>();
  let pending = false;
  let asking: Promise<void> = Promise.resolve();
  let again: (() => void) | undefined;
  let left = false;

  const messages = (): readonly Message[] => {
    const win = window();
    if (!win) return [];
    void (win.messages as unknown as Record<symbol, unknown>)[$TRACK];
    void win.messages.length;
    return unwrap(win.messages);
  };
  const view: Accessor<View | undefined> = createMemo<View | undefined>((before) => {
    step();
    const now = messages();
    if (now.length === 0) return before && { rows: [], change: 'reset', generation: ++generation };
    if (!freshDecided) {
      freshDecided = true;
      const conversation = untrack(() => ui.state.conversations[jid]);
      if (conversation && untrack(() => conversation.unread) > 0) setFreshId(firstFresh(now, untrack(() => conversation.readUpTo))?.id);
    }
    let rows = buildRows(now, !!window()?.atStart, freshId(), index);
    const behind = before ? addedBehind(before.rows, rows) : 0;
    if (behind) { // what came in front first, the rest in the next step
      rows = rows.slice(0, -behind);
      queueMicrotask(() => setStep((n) => n + 1));
    }
    const change = before ? changeOf(before.rows, rows) : 'reset';
    if (change === 'reset') generation++;
    index = new Map(rows.map((row) => [row.id, row]));
    return { rows, change, generation };
  });

  type At = { newest: true } | { before: string } | { after: string } | { around: Time };
  const ask = (at: At): Promise<void> => (pending ? Promise.resolve() : (asking = fetchPage(at)));
  const fetchPage = async (at: At): Promise<void> => {
    pending = true;
    setFailed('');
    const timer = setTimeout(() => setSlow(true), slow_ms);
    again = () => void ask(at);
    const asked = untrack(online);
    try {
      await ui.dispatch({ do: 'page', conversation: jid, at, limit: page_messages });
    } catch (error) {
      setFailed(ui.explain(error));
    } finally {
      clearTimeout(timer);
      setSlow(false);
      pending = false;
    }
    // The line came while the answer of a page without one was on its way.
    if (failed() && !asked && untrack(online)) void ask(at);
    // A gap took the window away while something else was asked for.
    else if (!left && !failed() && !untrack(window)) void ask({ newest: true });
  };
  /** What the user asks for waits its turn; only what scrolling asks for is let go when something is on its way already. */
  const askNext = async (at: { newest: true } | { around: Time }): Promise<void> => {
    while (pending) await asking;
    await ask(at);
  };
  const entries = (): Message[] => (messages() as Message[]).filter((m) => m.entry !== undefined);
  const nearing = (fromStart: number, fromEnd: number): void => {
    const win = untrack(window);
    if (!win || pending || failed() || win.trouble || !win.messages.length) return;
    const raw = unwrap(win.messages);
    const first = raw.find((m) => m.entry !== undefined);
    const last = raw.findLast((m) => m.entry !== undefined);
    if (!win.atStart && fromStart < near_px && first) void ask({ before: first.entry! });
    else if (!win.atEnd && fromEnd < near_px && last) void ask({ after: last.entry! });
  };
  // A conversation without a window gets its newest page: without a line what is kept here, and once more when the line is back.
  const missing = createMemo(() => (window() ? 'here' : online() ? 'ask server' : 'ask cache'));
  createEffect(on(missing, (how) => { if (how !== 'here') void ask({ newest: true }); }));
  // Whoever has scrolled to where nothing came has no way to scroll on, and so to ask again.
  createEffect(on(online, (is) => { if (is && untrack(failed)) again?.(); }));
  onCleanup(() => { again = undefined; left = true; });
  return {
    view, freshId, slow, window,
    setFresh: setFreshId,
    atEnd: () => window()?.atEnd ?? true,
    empty: () => !!window() && window()!.messages.length === 0 && window()!.atStart && window()!.atEnd,
    trouble: () => failed() || (window()?.trouble ? ui.t('chat.gap') : ''),
    retry: () => (again ? again() : void ask({ newest: true })),
    nearing,
    takeTarget: () => { const id = target; target = undefined; return id; },
    newest: async () => { if (!untrack(() => window()?.atEnd)) await askNext({ newest: true }); },
    /** Brings the window around a time here; the first message from then on. */
    around: async (at: Time): Promise<string | undefined> => {
      const covered = (): boolean => { const all = entries(); return all.length > 0 && all[0]!.at <= at && (all.at(-1)!.at >= at || !!window()?.atEnd); };
      if (!untrack(covered) && !(untrack(() => window()?.atStart && entries()[0] && entries()[0]!.at > at))) await askNext({ around: at });
      const all = untrack(entries);
      target = (all.find((m) => m.at >= at) ?? all.at(-1))?.id;
      return target;
    },
  };
}
export type History = ReturnType<typeof createHistory>;
