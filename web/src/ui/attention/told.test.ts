// What the user is told of outside of the conversation, and when that is taken back.
import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '../../engine/contract';
import { initialState } from '../../model/initial';
import type { AppState, Message } from '../../model/types';
import type { Ui } from '../context';
import { translator } from '../i18n/translate';
import { createAttention } from './attention';

const made: { title: string; options: NotificationOptions & { renotify?: boolean }; close: ReturnType<typeof vi.fn> }[] = [];
class FakeNotification {
  static permission = 'granted';
  close = vi.fn();
  constructor(title: string, options: NotificationOptions) { made.push({ title, options, close: this.close }); }
}
let end: () => void;
let say: (event: Event) => void;
let state: AppState;
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));
const message = (more: Partial<Message> = {}): Message => ({ id: 'a', entry: '1', conversation: 'ben@x', from: 'ben@x', mine: false, at: 1, text: 'at nine', kind: 'text', delivery: 'sent', reactions: {}, ...more });

beforeEach(() => {
  made.length = 0;
  localStorage.clear();
  vi.stubGlobal('Notification', FakeNotification);
  vi.stubGlobal('isSecureContext', true);
  const blank = initialState('en');
  state = { ...blank, settings: { ...blank.settings, notifications: true, sounds: false } };
  const ui = {
    state, t: translator('en'), language: () => 'en', listen: (hear: (event: Event) => void) => ((say = hear), () => {}),
    dispatch: () => Promise.resolve(), nav: { route: () => ({ chat: null, overlay: null }), openChat: vi.fn() },
  } as unknown as Ui;
  createRoot((dispose) => { end = dispose; createAttention(ui); });
});
afterEach(() => (end(), vi.unstubAllGlobals()));

describe('a notification', () => {
  it('calls again for the next message, changes quietly with an edit, and goes with a withdrawal', async () => {
    say({ type: 'news', message: message(), away: true });
    await settled();
    expect(made[0]).toMatchObject({ options: { body: 'at nine', tag: 'ben@x', renotify: true } });
    say({ type: 'message', message: message({ text: 'at ten', edited: 2 }), live: true });
    await settled();
    expect(made[1]).toMatchObject({ options: { body: 'at ten', renotify: false, silent: true } });
    say({ type: 'message', message: message({ id: 'other', withdrawn: 3, text: '' }), live: true });
    expect(made[1]!.close).not.toHaveBeenCalled();
    say({ type: 'message', message: message({ withdrawn: 3, text: '' }), live: true });
    expect(made[1]!.close).toHaveBeenCalledOnce();
    expect(made).toHaveLength(2);
  });

  it('is read out as well, but for what one is left alone with and does not look at', () => {
    const said = (): string => document.querySelector('[role="log"]')?.textContent ?? '';
    state.conversations['ben@x'] = { jid: 'ben@x', unread: 0, pinned: false, muted: true, draft: '', typing: false };
    say({ type: 'message', message: message({ id: 'm', text: 'muted words' }), live: true });
    expect(said()).not.toContain('muted words');
    say({ type: 'message', message: message({ id: 'o', conversation: 'cid@x', from: 'cid@x', text: 'open words' }), live: true });
    expect(said()).toContain('open words');
  });

  it('is not made of an own message that failed, which is read out once', () => {
    const mine = message({ id: 'lost', mine: true, text: 'lost words', delivery: 'failed' });
    for (let i = 0; i < 3; i++) say({ type: 'message', message: mine, live: false });
    expect(document.querySelector('[role="log"]')!.textContent!.split('lost words')).toHaveLength(2);
    expect(made).toHaveLength(0);
  });

  it('tells of a contact request once, however often the session begins anew, until it is gone', async () => {
    const request = { jid: 'nadia@x', nickname: 'Nadia', greeting: 'hello', at: 1 };
    state.requests.push(request);
    for (let session = 0; session < 3; session++) say({ type: 'request-news', request, away: true });
    await settled();
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ title: 'Nadia', options: { tag: 'nadia@x' } });
    expect(made[0]!.options.body).toContain('hello');
    expect(document.body.textContent).toContain('Nadia');
    say({ type: 'request-gone', jid: 'nadia@x' });
    expect(made[0]!.close).toHaveBeenCalledOnce();
    say({ type: 'request-news', request, away: false });
    await settled();
    expect(made).toHaveLength(1);
  });
});
