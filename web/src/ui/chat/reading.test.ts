import { createRoot } from 'solid-js';
import { afterEach, expect, it, vi } from 'vitest';
import type { Conversation, Message } from '../../model/types';
import type { Ui } from '../context';
import type { History } from './history';
import { createReading } from './reading';
import type { ScrollOwner } from './scroll';

afterEach(() => vi.restoreAllMocks());

const said = (n: number, mine: boolean) => ({ message: { id: `m${n}`, entry: String(n), mine } as Message });
function reading(conversation: Partial<Conversation>, focused = true) {
  vi.spyOn(document, 'hasFocus').mockReturnValue(focused);
  const dispatch = vi.fn(() => Promise.resolve());
  const rows = [said(1, false), said(2, false), said(3, true)];
  const ui = { state: { conversations: { bob: conversation } }, dispatch } as unknown as Ui;
  const history = { view: () => ({ rows }), freshId: () => undefined, setFresh: () => undefined } as unknown as History;
  return createRoot((end) => {
    createReading(ui, 'bob', { lastSeen: () => 2 } as ScrollOwner, history).seen();
    end();
    return dispatch;
  });
}

it('what is seen is told, though one wrote after it: that moved the own position and told nobody', () => {
  expect(reading({ readUpTo: '3', toldUpTo: '1' })).toHaveBeenCalledWith({ do: 'read', conversation: 'bob', through: '2', id: 'm2' });
});
it('what has been told is not told again', () => {
  expect(reading({ readUpTo: '2', toldUpTo: '2' })).not.toHaveBeenCalled();
});
it('nothing is told by a page that nobody looks at', () => {
  expect(reading({}, false)).not.toHaveBeenCalled();
});
