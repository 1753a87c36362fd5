import { createRoot } from 'solid-js';
import { createStore } from 'solid-js/store';
import { expect, it, vi } from 'vitest';
import type { AppState, Message } from '../../model/types';
import type { Ui } from '../context';
import { createHistory } from './history';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it('older messages that did not come with the session before are asked for again when the line is back', async () => {
  const messages = [{ id: 'm', entry: '7', at: 0, mine: false } as Message];
  const [state, set] = createStore({
    line: { state: 'online' }, conversations: {}, windows: { bob: { conversation: 'bob', messages, atStart: false, atEnd: true, loading: null } },
  } as unknown as AppState);
  const dispatch = vi.fn().mockResolvedValue(undefined).mockRejectedValueOnce({ why: 'offline' });
  const ui = { state, dispatch, explain: () => 'no line', t: () => '' } as unknown as Ui;
  await createRoot(async (end) => {
    const history = createHistory(ui, 'bob');
    await turn();
    set('line', { state: 'waiting' });
    history.nearing(0, 10_000);
    set('line', { state: 'connecting' });
    await turn();
    expect(history.trouble()).toBe('no line');
    expect(dispatch).toHaveBeenCalledTimes(1);
    set('line', { state: 'online' });
    await turn();
    expect(dispatch).toHaveBeenCalledTimes(2);
    expect(dispatch).toHaveBeenLastCalledWith({ do: 'page', conversation: 'bob', at: { before: '7' }, limit: 50 });
    expect(history.trouble()).toBe('');
    end();
  });
});

it('a conversation whose window went while older messages were asked for is asked for anew', async () => {
  const messages = [{ id: 'm', entry: '7', at: 0, mine: false } as Message];
  const [state, set] = createStore({
    line: { state: 'online' }, conversations: {}, windows: { bob: { conversation: 'bob', messages, atStart: false, atEnd: true, loading: null } },
  } as unknown as AppState);
  const dispatch = vi.fn().mockResolvedValue(undefined);
  const ui = { state, dispatch, explain: () => '', t: () => '' } as unknown as Ui;
  await createRoot(async (end) => {
    const history = createHistory(ui, 'bob');
    await turn();
    dispatch.mockResolvedValueOnce(undefined);
    dispatch.mockImplementationOnce(async () => set('windows', { bob: { conversation: 'bob', messages: [], atStart: true, atEnd: true, loading: null } }));
    history.nearing(0, 10_000);
    set('windows', 'bob', undefined as never);
    await turn();
    expect(dispatch).toHaveBeenCalledTimes(2);
    expect(dispatch).toHaveBeenLastCalledWith({ do: 'page', conversation: 'bob', at: { newest: true }, limit: 50 });
    end();
  });
});
