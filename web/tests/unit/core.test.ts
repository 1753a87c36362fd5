import { describe, expect, it, vi } from 'vitest';
import { backoff } from '../../src/engine/xmpp/backoff';
import { fromInput } from '../../src/engine/xmpp/jid';
import { NS } from '../../src/engine/xmpp/ns';
import { StreamManagement, TooMuchAcknowledged, type Unacked } from '../../src/engine/xmpp/sm';
import type { SocketEvents } from '../../src/engine/xmpp/socket';
import { Stream, StreamEnded } from '../../src/engine/xmpp/stream';
import { attr, clean, el, parse } from '../../src/engine/xmpp/xml';

describe('counting (XEP-0198)', () => {
  const make = (): { sm: StreamManagement; acked: string[] } => {
    const acked: string[] = [];
    const sm = new StreamManagement((one: Unacked) => acked.push(one.xml));
    sm.enabled('id', 60);
    return { sm, acked };
  };
  it('lets go what is acknowledged, oldest first, and nothing twice', () => {
    const { sm, acked } = make();
    for (const xml of ['a', 'b', 'c']) sm.sent({ xml });
    sm.ack(2);
    sm.ack(2);
    sm.ack(1); // late
    expect(acked).toEqual(['a', 'b']);
    expect(sm.giveUp().map((u) => u.xml)).toEqual(['c']);
  });
  it('does not believe more than was sent', () => {
    const { sm } = make();
    sm.sent({ xml: 'a' });
    expect(() => sm.ack(2)).toThrow(TooMuchAcknowledged);
  });
  it('wraps at 2^32 (§4)', () => {
    const { sm, acked } = make();
    Object.assign(sm, { acknowledged: 0xffffffff, handled: 0xffffffff });
    sm.received();
    expect(sm.handled).toBe(0);
    sm.sent({ xml: 'a' });
    sm.sent({ xml: 'b' });
    sm.ack(1);
    expect(acked).toEqual(['a', 'b']);
  });
});

describe('a stream', () => {
  const open = (): { stream: Stream; events: SocketEvents; sent: string[] } => {
    const sent: string[] = [];
    let events!: SocketEvents;
    const stream = new Stream((_, given) => ((events = given), { send: (t) => sent.push(t), close: () => undefined }), 'ws://x', 'localhost', [el('first')], 1000);
    return { stream, events, sent };
  };
  it('opens with its header and what is pipelined after it (RFC 7395 §3.3)', () => {
    const { events, sent } = open();
    events.open();
    expect(sent).toEqual([`<open xmlns="${NS.framing}" to="localhost" version="1.0"/>`, '<first/>']);
  });
  it('misses nothing that comes before somebody waits for it', async () => {
    const { stream, events } = open();
    events.open();
    for (const name of ['a', 'b', 'c']) events.text(`<${name}/>`);
    expect((await stream.next()).name).toBe('a');
    const rest: string[] = [];
    stream.start((e) => rest.push(e.name));
    events.text('<d/>');
    expect(rest).toEqual(['b', 'c', 'd']);
  });
  it.each([
    ['<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>', { kind: 'closed' }],
    ['<a><b></a>', { kind: 'broken' }],
    ['<a>&unknown;</a>', { kind: 'broken' }],
    [`<e:error xmlns:e="${NS.stream}"><conflict xmlns="${NS.streamErrors}"/></e:error>`, { kind: 'stream-error', condition: 'conflict' }],
  ])('ends with %s', async (frame, reason) => {
    const { stream, events } = open();
    events.open();
    const waiting = stream.next();
    events.text(frame);
    await expect(waiting).rejects.toEqual(new StreamEnded(reason as never));
  });
  it('is given up where nobody answers', async () => {
    vi.useFakeTimers();
    const { stream, events } = open();
    events.open();
    const waiting = expect(stream.next()).rejects.toMatchObject({ reason: { kind: 'silent' } });
    vi.advanceTimersByTime(1001);
    await waiting;
    vi.useRealTimers();
  });
});

describe('text', () => {
  it('sends nothing that XML cannot carry', () => {
    expect(clean('a\u0000b\uD800c\uDC00d😀\n\uFFFE')).toBe('abcd😀\n');
    const round = parse(el('body', { at: '"<&>\'' }, '<script>&"\'😀').toString());
    expect(round.getText()).toBe('<script>&"\'😀');
    expect(attr(round, 'at')).toBe('"<&>\'');
  });
  it.each([
    ['Alice', 'alice@localhost'],
    ['alice@Example.org.', 'alice@example.org'],
    ['xmpp:alice@example.org', 'alice@example.org'],
    ['１２３４', '1234@localhost'],
    ['a b', null],
    ['@x', null],
    ['a@b/c', null],
    ["o'neil", null],
    ['', null],
  ])('%s is the address %s', (typed, jid) => expect(fromInput(typed, 'localhost')).toBe(jid));
  it('waits longer and longer, never all at once, at most a minute', () => {
    expect(backoff(0, () => 0)).toBe(0);
    for (let attempt = 1; attempt < 40; ++attempt) {
      const [low, high] = [backoff(attempt, () => 0), backoff(attempt, () => 1)];
      expect(low).toBeGreaterThan(0);
      expect(high).toBeLessThanOrEqual(60_000);
      expect(high).toBe(4 * low);
    }
  });
});
