import { beforeEach, expect, it } from 'vitest';
import type { Message } from '../../model/types';
import { forgetWriting, keepWriting, takeWriting } from './writing';

const [own, peer] = ['ann@x', 'ben@x'];
const message = (more: Partial<Message> = {}): Message => ({
  id: 'm', entry: '1', conversation: peer, from: peer, mine: false, at: 1, text: 'old', kind: 'text', delivery: 'sent', reactions: {}, ...more,
});
beforeEach(forgetWriting);

it('is there once, for whom it was', () => {
  keepWriting(own, peer, { task: { kind: 'reply', message: message() }, text: 'half' });
  expect(takeWriting('eve@x', peer, [])).toBeNull();
  expect(takeWriting(own, 'cid@x', [])).toBeNull();
  expect(takeWriting(own, peer, [])).toEqual({ task: { kind: 'reply', message: message() }, text: 'half' });
  expect(takeWriting(own, peer, [])).toBeNull();
});
it('has the message as it is now', () => {
  keepWriting(own, peer, { task: { kind: 'edit', message: message() }, text: 'half' });
  expect(takeWriting(own, peer, [message({ text: 'new' })])?.task?.message.text).toBe('new');
});
it('a message that was withdrawn is not changed any more; what was to answer it is still a draft', () => {
  keepWriting(own, peer, { task: { kind: 'edit', message: message() }, text: 'half' });
  expect(takeWriting(own, peer, [message({ withdrawn: 2 })])).toBeNull();
  keepWriting(own, peer, { task: { kind: 'reply', message: message() }, text: 'half' });
  expect(takeWriting(own, peer, [message({ withdrawn: 2 })])).toEqual({ task: null, text: 'half' });
});
it('signing out leaves nothing', () => {
  keepWriting(own, peer, { task: null, text: 'half' });
  forgetWriting();
  expect(takeWriting(own, peer, [])).toBeNull();
});
