import { afterEach, expect, it, vi } from 'vitest';
import type { Ui } from '../context';
import { acceptInvitation } from './accept-invitation';
import { spendToken, tokenOf } from './invitation';

const ann = 'ann@x.example';

/** Where one gets to, and what is left of the link. */
function opened(link: string, contacts: Record<string, { subscription: string }> = {}): string[] {
  const { search, hash, pathname } = new URL(link, 'https://x.example');
  const went: string[] = [];
  vi.stubGlobal('location', { search, hash, pathname });
  vi.stubGlobal('history', { state: null, replaceState: (_: unknown, __: string, left: string) => went.push(left) });
  acceptInvitation({
    state: { self: { jid: 'me@x.example' }, contacts },
    nav: { openChat: (jid: string) => went.push(`chat ${jid}`), open: ({ kind, jid }: { kind: string; jid: string }) => went.push(`${kind} ${jid}`) },
  } as unknown as Ui);
  return went;
}
afterEach(() => {
  vi.unstubAllGlobals();
  spendToken('');
});

it('who has made the account with the link is a contact already, whatever the roster says yet', () => {
  spendToken('T1');
  expect(opened(`/?from=${ann}#/invite/T1`)).toEqual(['/', `chat ${ann}`]);
});
it('who had an account before adds who invites, with the token', () => {
  expect(opened(`/?from=${ann}#/contact/T2`)).toEqual(['/', `add ${ann}`]);
  expect(tokenOf(ann)).toBe('T2');
  expect(opened(`/?from=${ann}#/contact/T2`, { [ann]: { subscription: 'both' } })).toEqual(['/', `chat ${ann}`]);
});
it('a link without a token leaves the place one is at', () => {
  expect(opened(`/?from=${ann}#/chat/bo@x.example`)).toEqual(['/#/chat/bo@x.example', `add ${ann}`]);
});
it('nobody adds himself, or the server', () => {
  expect(opened('/?from=me@x.example#/invite/T3')).toEqual(['/']);
  expect(opened('/?domain=x.example#/invite/T3')).toEqual(['/']);
  expect(opened('/#/chat/bo@x.example')).toEqual([]);
});
