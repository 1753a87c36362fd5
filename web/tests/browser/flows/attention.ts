// What calls for attention, in which tab, and what a tab that nobody looks at says and does not say.
import type { Page } from 'playwright-core';
import { check, same } from '../lib/check';
import { flow } from '../lib/runner';

/** Runs in the page: counts the tones that are made. A message is two of them. */
function countTones(): void {
  const counted = window as unknown as { tones: number };
  counted.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    ++counted.tones;
    return make.call(this);
  };
}
const tones = async (...pages: Page[]): Promise<number> => {
  const counts = await Promise.all(pages.map((page) => page.evaluate(() => (window as unknown as { tones: number }).tones)));
  return counts.reduce((sum, n) => sum + n, 0);
};

flow('attention: one notification and one sound for all tabs, none where one looks; a click finds the conversation', async (world) => {
  await world.befriended('ann', 'ben');
  const { person: ann, desktop } = await world.atDesktop('ann', { before: countTones, serviceWorker: true });
  // Only one page at a time has the focus, as with people.
  const alone = async (page: Page): Promise<void> => void (await (await ann.context.newCDPSession(page)).send('Emulation.setFocusEmulationEnabled', { enabled: false }));
  await alone(ann.page);
  await ann.signIn();
  const tab = await ann.tab();
  await alone(tab.page);
  await tab.online();
  await ann.page.bringToFront();
  await (await ann.settings('notifications')).getByRole('switch', { name: ann.t('notify.show'), exact: true }).check();
  await ann.closeDialog(ann.dialog('settings.title'));
  await ann.page.evaluate(() => navigator.serviceWorker.ready);
  const elsewhere = await ann.context.newPage();
  await elsewhere.bringToFront();
  await ann.until('neither tab having the focus', async () => (await Promise.all([ann, tab].map(({ page }) => page.evaluate(() => document.hasFocus())))).every((focus) => !focus));

  const ben = await world.raw('ben');
  const say = (text: string): Promise<void> => ben.roundTrip(`<message to='${ann.address}' type='chat' id='${text}'><body>${text}</body></message>`);
  await say('one');
  const one = await desktop.expect('one');
  same(one.title, world.unique('ben'), 'whose message is shown');
  same(await tones(ann.page, tab.page), 2, 'tones in all tabs');

  desktop.click(one);
  const opened = await Promise.any([ann, tab].map(async (page) => (await page.composer.waitFor(), await page.expectMessage('one'), page)));
  await ann.until('the focus in it', () => opened.page.evaluate(() => document.hasFocus()));
  check((await Promise.all([ann, tab].map((page) => page.composer.isVisible()))).filter(Boolean).length === 1, 'the conversation was opened in both tabs');

  // It is being looked at: nothing calls. The next one, when it is not, does.
  await say('two');
  await opened.expectMessage('two');
  await elsewhere.bringToFront();
  await ann.until('the focus elsewhere', () => opened.page.evaluate(() => !document.hasFocus()));
  await say('three');
  const three = await desktop.expect('three');
  same(desktop.shown.map(({ body }) => body.split('\n').at(-1)), ['one', 'three'], 'notifications');

  // Read on another device, it calls no more.
  const phone = await world.device(ann);
  await phone.row(world.unique('ben')).click();
  await phone.expectMessage('three');
  await desktop.expectClosed(three);
  await phone.page.close();
  await say('four');
  const four = await desktop.expect('four');

  // All of it closed: the click opens it anew.
  await ann.page.close();
  await tab.page.close();
  const arriving = ann.context.waitForEvent('page');
  desktop.click(four);
  ann.page = await arriving;
  await ann.expectMessage('four');
});

/** Runs in the page: it is as if behind another one, until `show` is called. */
function behind(): void {
  let hidden = true;
  Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') });
  Object.defineProperty(document, 'hidden', { get: () => hidden });
  document.hasFocus = () => !hidden;
  Object.assign(window, {
    show: () => {
      hidden = false;
      document.dispatchEvent(new Event('visibilitychange'));
      dispatchEvent(new Event('focus'));
    },
  });
}

flow('attention: a tab opened behind others is looked at by nobody: the server is told, and nothing is read', async (world) => {
  await world.befriended('ann', 'ben');
  const front = await world.front();
  const ben = await world.raw('ben');
  const ann = await world.visitor('ann', { base: front.base, before: behind });
  await ann.signIn();
  const inactive = await front.until('browser', /<inactive[^>]*urn:xmpp:csi:0/);
  await ann.openChat({ name: world.unique('ben') });
  await ann.say('I am elsewhere');
  // What comes after this the server knows that it says to a browser nobody looks at: it takes a stream in order.
  await ben.hear(/I am elsewhere/);
  const told = front.passed.length;
  const state = (name: string): string => `<message to='${ann.address}' type='chat'><${name} xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>`;
  await ben.roundTrip(
    ...Array.from({ length: 10 }, (_, i) => state(i % 2 ? 'paused' : 'composing')),
    `<message to='${ann.address}' type='chat' id='new'><body>anyone there?</body><markable xmlns='urn:xmpp:chat-markers:0'/></message>`);
  await ann.expectMessage('anyone there?');
  // Of what waits, the latest is left, and comes before what does not wait: the message, or an answer to the browser.
  const brought = front.passed.slice(told).filter(({ from }) => from === 'server').map(({ text }) => /<(composing|paused)/.test(text));
  check(brought.filter(Boolean).length > 0, 'nobody was said to type');
  check(!brought.some((one, i) => one && brought[i + 1]), 'each letter was told to a browser nobody looked at');
  same(front.passed.slice(inactive).filter(({ from, text }) => from === 'browser' && /<displayed|<active[^>]*urn:xmpp:csi:0/.test(text)), [], 'what a page nobody looked at has said');

  await ben.roundTrip(state('composing'));
  await ann.page.evaluate(() => (window as unknown as { show: () => void }).show());
  const active = await front.until('browser', /<active[^>]*urn:xmpp:csi:0/, told);
  await front.until('browser', /<displayed[^>]*id="new"/, active);
  await ann.chat.locator('header').getByText(ann.t('chat.typing')).waitFor();
});
