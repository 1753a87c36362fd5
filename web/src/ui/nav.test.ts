import { expect, it } from 'vitest';
import { place } from './kit/place';
import { initials } from './kit/initials';
import { formatRoute, parseRoute, type Route } from './nav';
import { completeAddress, passwordStrength } from './sign/address';

it('a place survives the address line', () => {
  const routes: Route[] = [
    { chat: null, overlay: null }, { chat: 'a/b@x.example', overlay: null }, { chat: 'a@x', overlay: { kind: 'settings', section: 'privacy' } },
    { chat: null, overlay: { kind: 'profile', jid: '李@x.example' } }, { chat: null, overlay: { kind: 'add', jid: '' } }, { chat: null, overlay: { kind: 'requests' } },
  ];
  for (const route of routes) expect(parseRoute(formatRoute(route))).toEqual(route);
});

it('an address line one cannot read is the beginning', () => {
  for (const hash of ['', '#', '#/%E0%A4%A', '#/chat', '#/profile', '#/nowhere']) expect(parseRoute(hash)).toEqual({ chat: null, overlay: null });
});

it('a name becomes an address of this server, an address stays', () => {
  expect(completeAddress(' Alice ', 'x.example')).toBe('alice@x.example');
  expect(completeAddress('xmpp:bob@y.example?message', 'x.example')).toBe('bob@y.example');
  for (const bad of ['', 'a b', '<a>', 'a@b@c', '@x']) expect(completeAddress(bad, 'x.example')).toBe('');
});

it('a password is as strong as what an attacker does not know of it', () => {
  expect(passwordStrength('short', 'a@x')).toBe(0);
  expect(passwordStrength('aaaaaaaaaaaa', 'a@x')).toBe(0);
  expect(passwordStrength('alicealice', 'alice@x')).toBe(0);
  expect(passwordStrength('correct horse battery staple', 'a@x')).toBe(3);
});

it('a menu stays inside of the window', () => {
  const room = { width: 400, height: 300 };
  expect(place({ left: 350, right: 390, top: 280, bottom: 295 }, { width: 200, height: 150 }, room)).toEqual({ left: 190, top: 126 });
  expect(place({ left: 0, right: 0, top: 0, bottom: 0 }, { width: 900, height: 900 }, room)).toEqual({ left: 8, top: 8 });
});

it('initials are of Latin names two letters, of Chinese ones the given name', () => {
  expect([initials('Wei Chen'), initials('林晓明'), initials('alice'), initials('')]).toEqual(['WC', '晓明', 'A', '?']);
});
