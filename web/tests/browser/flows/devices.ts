// Several tabs, and several devices of one account: they show the same.
import { check, same } from '../lib/check';
import type { Person } from '../lib/person';
import { flow } from '../lib/runner';

const badge = (person: Person, name: string, n: number) => person.row(name).getByText(person.t('panel.unread', { n }), { exact: true });

flow('devices: two tabs show the same, and one of them read is read in both', async (world) => {
  const [ann, ben] = await world.among('ann', 'ben');
  const tab = await ann.tab();
  await tab.online();
  await ben.say(ann, 'one');
  await ben.say(ann, 'two');
  for (const page of [ann, tab]) await badge(page, ben.name, 2).waitFor();
  await tab.row(ben.name).click();
  await tab.expectMessage('two');
  for (const page of [ann, tab]) await badge(page, ben.name, 2).waitFor({ state: 'detached' });
  await ben.expectRead();
  await tab.say('three');
  await ann.row(ben.name).click();
  await ann.expectMessage('three');
  same(await ann.messages, await tab.messages, 'what the tabs show');
  await tab.page.close();
  await ben.say(ann, 'four');
  await ann.expectMessage('four');
});

flow('devices: the tab that began the connection is closed in the middle of it all, and the other goes on', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.openChat(ann);
  const tab = await ann.tab();
  await tab.openChat(ben);
  await ann.openChat(ben);
  const said: string[] = [];
  for (let i = 1; i <= 7; ++i) {
    const from = i < 5 ? ann : tab;
    said.push(`from ann ${i}`, `from ben ${i}`);
    // The last word of the first tab is hardly said when it goes.
    await Promise.all([from.say(`from ann ${i}`), ben.say(`from ben ${i}`)]);
    if (i === 4) await ann.page.close();
  }
  for (const person of [tab, ben]) {
    await person.expectMessage('from ann 7');
    await person.expectMessage('from ben 7');
    // What was said at the same moment may stand in another order in another log, but not what one person said.
    for (const who of ['ann', 'ben']) {
      const theirs = (texts: string[]): string[] => texts.filter((text) => text.startsWith(`from ${who}`));
      same(theirs(await person.messages), theirs(said), `what ${person.name} has of ${who}`);
    }
  }
  await ben.expectDelivery('from ben 7', 'read');
});

flow('devices: without shared workers the newer tab has the connection; it is closed, and the older takes over', async (world) => {
  await world.befriended('ann', 'ben');
  const ann = await world.visitor('ann', { before: ownWorkerOnly });
  const ben = await world.visitor('ben');
  await Promise.all([ann.signIn(), ben.signIn()]);
  await ann.openChat(ben);
  await ben.openChat(ann);
  await ann.say('from the older');
  await ben.expectMessage('from the older');
  const newer = await ann.tab();
  await ann.says('signedOut.opened-elsewhere');
  await newer.openChat(ben);
  // In the very moment in which it is closed: what was not sent any more is sent by the one that takes over.
  await newer.composer.fill('from the newer');
  const gone = newer.page.waitForURL('about:blank');
  // Its answer may go with the page.
  void newer.composer.evaluate((composer) => {
    composer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    location.replace('about:blank');
  }).catch(() => undefined);
  await gone;
  await newer.page.close();
  await ben.say('to whoever is there');
  // Shown again, as it is when the tab over it has been closed.
  await ann.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await ben.expectMessage('from the newer');
  await ann.expectMessage('to whoever is there');
  await ann.say('from the older again');
  await ben.expectMessage('from the older again');
  for (const person of [ann, ben])
    same((await person.messages).toSorted(), ['from the newer', 'from the older', 'from the older again', 'to whoever is there'], `what ${person.name} has`);
});

flow('devices: a tab of a newer version takes the connection, and one of the older begins again when it is looked at', async (world) => {
  await world.befriended('ann', 'ben');
  const ann = await world.visitor('ann', { before: anotherWorker });
  await ann.signIn();
  await ann.openChat({ name: world.unique('ben') });
  const newer = await ann.tab('?newer');
  await newer.online();
  await ann.says('signedOut.opened-elsewhere');
  await ann.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await ann.composer.waitFor();
  await ann.online();
});

/** Runs in the page: another version's worker has another name. */
function anotherWorker(): void {
  const Known = SharedWorker;
  if (location.search !== '?newer') return;
  Object.defineProperty(window, 'SharedWorker', { value: class extends Known {
    constructor(url: string | URL, options: WorkerOptions) {
      super(`${url}?newer`, options);
    }
  } });
}

/** Runs in the page: a browser as Chrome on Android is. */
function ownWorkerOnly(): void {
  Object.defineProperty(window, 'SharedWorker', { value: undefined });
}

flow('devices: what one sends and reads is there on the other', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  const other = await world.device(ann);
  await ben.openChat(ann);
  for (const text of ['one', 'two', 'three']) await ben.say(text);
  for (const device of [ann, other]) await badge(device, ben.name, 3).waitFor();
  await ann.row(ben.name).click();
  await ann.expectMessage('three');
  const read = Date.now();
  await badge(other, ben.name, 3).waitFor({ state: 'detached' });
  world.note(`the other device knew what was read after ${Date.now() - read} ms`);
  await ann.say('from here');
  await other.row(ben.name).click();
  await other.expectMessage('from here');
  await other.say('from there');
  await ann.expectMessage('from there');
  same(await other.messages, await ann.messages, 'what both devices show');
  await ben.expectMessage('from there');
  same(await ben.messages, await ann.messages, 'what the other one shows');
});

flow('devices: read while the other device was away', async (world) => {
  const [ann, ben] = await world.among('ann', 'ben');
  const line = await world.line();
  const other = await world.device(ann, { base: line.base });
  other.watch.forgive(/net::ERR_|WebSocket/);
  await ben.say(ann, 'one');
  await badge(other, ben.name, 1).waitFor();
  line.cut();
  await ben.say(ann, 'two');
  await ann.row(ben.name).click();
  await ann.expectMessage('two');
  await ben.expectRead();
  line.mend();
  await other.row(ben.name).getByText('two', { exact: true }).waitFor();
  await other.until('no unread mark', async () => (await other.page.title()) === 'Rookery' && (await other.row(ben.name).locator('.badge').count()) === 0);
});

flow('devices: where one stopped reading is marked', async (world) => {
  const [ann, ben] = await world.among('ann', 'ben');
  await ann.openChat(ben);
  await ben.say(ann, 'read this');
  await ben.expectRead();
  await ann.page.evaluate(() => (location.hash = '#/'));
  await ann.chat.getByText(ann.t('chat.nothingTitle')).waitFor();
  await ben.say(ann, 'and this later');
  await badge(ann, ben.name, 1).waitFor();
  same(await ann.page.title(), '(1) Rookery', 'the title');
  await ann.row(ben.name).click();
  const mark = ann.chat.getByRole('separator', { name: ann.t('chat.new') });
  await mark.waitFor();
  const [above, marked, below] = await Promise.all([ann.message('read this'), mark, ann.message('and this later')].map((one) => one.boundingBox()));
  check(above!.y < marked!.y && marked!.y < below!.y, 'the mark is not between what was read and what was not');
  await badge(ann, ben.name, 1).waitFor({ state: 'detached' });
  same(await ann.page.title(), 'Rookery', 'the title once all is read');
});
