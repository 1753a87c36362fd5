// What calls for attention changes nothing of where one is and what one writes.
import { createRoot } from 'solid-js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '../../engine/contract';
import { initialState } from '../../model/initial';
import type { AppState, Contact } from '../../model/types';
import type { Ui } from '../context';
import { translator } from '../i18n/translate';
import { createAttention } from './attention';

const nudger = 'ben@x';
const contact = { jid: nudger, remark: 'Ben', groups: [], subscription: 'both', asked: false, show: 'online', status: '', blocked: false, profile: { jid: nudger, nickname: '', signature: '', avatar: '', avatarHash: '' } } as Contact;
let end: () => void;
let say: (event: Event) => void;
let state: AppState;
const openChat = vi.fn();
const toast = vi.fn();
const run = vi.fn(() => Promise.resolve(true));

beforeEach(() => {
  vi.clearAllMocks();
  state = { ...initialState('en'), contacts: { [nudger]: contact } };
  const ui = {
    state, toast, run, t: translator('en'), listen: (hear: (event: Event) => void) => ((say = hear), () => {}),
    dispatch: () => Promise.resolve(), nav: { route: () => ({ chat: 'cid@x', overlay: null }), openChat },
  } as unknown as Ui;
  createRoot((dispose) => { end = dispose; createAttention(ui); });
});
afterEach(() => end());
const nudge = (): void => say({ type: 'nudged', conversation: nudger, from: nudger, at: 1 });

it('a nudge says who it was, and does not leave what one is at', () => {
  nudge();
  expect(openChat).not.toHaveBeenCalled();
  expect(toast).toHaveBeenCalledOnce();
  const [text, , action] = toast.mock.calls[0] as [string, boolean, { act: () => void }];
  expect(text).toContain('Ben');
  action.act();
  expect(openChat).toHaveBeenCalledWith(nudger);
});
it('a nudge of somebody blocked or muted is nothing', () => {
  state.contacts[nudger] = { ...contact, blocked: true };
  nudge();
  state.contacts[nudger] = contact;
  state.conversations[nudger] = { jid: nudger, unread: 0, pinned: false, muted: true, draft: '', typing: false };
  nudge();
  expect(toast).not.toHaveBeenCalled();
});

it('a change that came back is told, and tried again', () => {
  say({ type: 'change-failed', conversation: nudger, id: 'e1', what: 'edit', why: 'not-acceptable' });
  const [text, urgent, action] = toast.mock.calls[0] as [string, boolean, { act: () => void }];
  expect([text, urgent]).toEqual(['The change to your message was not delivered (refused)', true]);
  action.act();
  expect(run).toHaveBeenCalledWith({ do: 'retry', id: 'e1', to: nudger });
});
