// A long conversation: scrolling back through it, and not being moved while one reads.
import type { Locator } from 'playwright-core';
import { check, same } from '../lib/check';
import type { Person } from '../lib/person';
import type { RawClient } from '../lib/raw';
import { flow } from '../lib/runner';
import type { World } from '../lib/world';

const lines = 1_000;

/** Ann, to whom Ben has written "line 1" to "line 1000", of different heights. */
async function annWithHistory(world: World, base?: string): Promise<Person> {
  await world.befriended('ann', 'ben');
  const ben = await world.raw('ben');
  const to = `${world.unique('ann')}@localhost`;
  const more = (n: number): string => (n % 7 ? '' : `\n${'which is longer than most '.repeat(n % 40)}`);
  await ben.roundTrip(...Array.from({ length: lines }, (_, i) => `<message to='${to}' type='chat' id='line${i + 1}'><body>line ${i + 1}${more(i + 1)}</body></message>`));
  const ann = await world.visitor('ann', base ? { base } : {});
  await ann.signIn();
  await ann.row(world.unique('ben')).click();
  return ann;
}
const log = (ann: Person): Locator => ann.chat.getByRole('log');
/** A line that has nothing below it. */
const line = (ann: Person, n: number): Locator => ann.message(`line ${n}`);

/** Where something stands, when it has stood there for a few frames: rows are measured as they come into sight. */
function placeOf(one: Locator): Promise<number> {
  return one.evaluate(async (element) => {
    let [place, still] = [NaN, 0];
    while (still < 10) {
      await new Promise((done) => requestAnimationFrame(done));
      const now = element.getBoundingClientRect().top;
      [place, still] = now === place ? [place, still + 1] : [now, 0];
    }
    return place;
  });
}
/** The first line that is seen whole. */
async function firstSeen(ann: Person): Promise<number> {
  return log(ann).evaluate((scroller) => {
    const top = scroller.getBoundingClientRect().top;
    const seen = [...scroller.querySelectorAll('article')].map((one) => ({ top: one.getBoundingClientRect().top, text: one.querySelector('.text')?.textContent ?? '' }))
      .filter((one) => one.top >= top && /^line \d+$/.test(one.text)).sort((a, b) => a.top - b.top);
    return Number(seen[0]?.text.slice(5));
  });
}

flow('history: opens where one has to read on, and one can go back to the beginning', async (world) => {
  const ann = await annWithHistory(world);
  await ann.button('chat.toEnd').click();
  await line(ann, lines).waitFor();
  await log(ann).hover();
  const rowsMax = { most: 0 };
  await ann.until('line 1', async () => {
    await ann.page.mouse.wheel(0, -20_000);
    rowsMax.most = Math.max(rowsMax.most, await log(ann).getByRole('article').count());
    return (await line(ann, 1).count()) > 0 && (await line(ann, 1).isVisible());
  }, 90_000);
  await ann.says('chat.start', { name: world.unique('ben') });
  world.note(`at most ${rowsMax.most} of ${lines} messages were on the page`);
  check(rowsMax.most < 300, `${rowsMax.most} messages were on the page at once`);
  await ann.button('chat.toEnd').click();
  await line(ann, lines).waitFor();
});

flow('history: the message being read stays where it is while older ones come', async (world) => {
  const line = await world.line();
  const ann = await annWithHistory(world, line.base);
  await ann.button('chat.toEnd').click();
  await ann.message(`line ${lines}`).waitFor();
  await log(ann).hover();
  for (let page = 0; page < 3; ++page) {
    line.hold();
    // Up until something is asked for that does not come, and there is nothing above any more.
    await ann.until('older messages being asked for', async () => {
      await ann.page.mouse.wheel(0, -2_000);
      return line.holds && log(ann).evaluate(waitsAtTop, ann.t('chat.loading'));
    });
    const read = await firstSeen(ann);
    const before = await placeOf(ann.message(`line ${read}`));
    line.release();
    await ann.until('older messages', () => log(ann).evaluate((scroller) => scroller.scrollTop > 500));
    const moved = Math.abs((await placeOf(ann.message(`line ${read}`))) - before);
    check(moved <= 2, `line ${read} has moved by ${moved} px when older messages came (round ${page + 1})`);
  }
});

flow('history: the wheel wins over a jump that has just been made', async (world) => {
  const ann = await annWithHistory(world);
  await log(ann).hover();
  for (let round = 0; round < 3; ++round) {
    await ann.button('chat.toEnd').dispatchEvent('click');
    await line(ann, lines).waitFor();
    await ann.page.mouse.wheel(0, -900);
    await ann.until('the wheel moving it', () => log(ann).evaluate((scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight > 300));
    await placeOf(line(ann, await firstSeen(ann)));
    check(await ann.button('chat.toEnd').isVisible(), 'it was taken back to the end');
  }
});

flow('history: what comes while one reads further up does not move it, and says so', async (world) => {
  const ann = await annWithHistory(world);
  const ben = await world.raw('ben');
  await ann.button('chat.toEnd').click();
  await line(ann, lines).waitFor();
  await log(ann).hover();
  await ann.until('being away from the end', async () => (await ann.page.mouse.wheel(0, -600), ann.button('chat.toEnd').isVisible()));
  await placeOf(line(ann, await firstSeen(ann)));
  const read = await firstSeen(ann);
  const before = await placeOf(line(ann, read));
  await ben.roundTrip(`<message to='${ann.address}' type='chat' id='new'><body>brand new</body></message>`);
  await ann.row(world.unique('ben')).getByText('brand new').waitFor();
  same(Math.round(await placeOf(line(ann, read))), Math.round(before), 'the place of what one reads');
  await ann.button('chat.toEnd').click();
  await ann.expectMessage('brand new');
});

flow('history: an open conversation goes on after an absence in which more came than is fetched at once', async (world) => {
  await world.ownServer(['limits.resume = 0', 'limits.resume_max = 0']);
  const wire = await world.line();
  await world.befriended('ann', 'ben', 'cid');
  const [ben, cid] = [await world.raw('ben'), await world.raw('cid')];
  const write = (from: RawClient, ...texts: string[]): Promise<void> =>
    from.roundTrip(...texts.map((text) => `<message to='${world.unique('ann')}@localhost' type='chat' id='${text}'><body>${text}</body></message>`));
  const many = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);
  await write(ben, ...many(1, 60));
  await write(cid, 'before');
  const ann = await world.visitor('ann', { base: wire.base });
  await ann.signIn();
  const away = async (texts: string[]): Promise<void> => {
    wire.cut();
    await ann.until('being offline', async () => !(await ann.button('self.presence', { name: ann.t('own.online') }).isVisible()));
    await write(ben, ...texts);
    wire.mend();
    await ann.online();
    await ann.row(world.unique('ben')).getByText(texts.at(-1)!).waitFor();
  };
  // One of which nothing came.
  await ann.row(world.unique('cid')).click();
  await ann.expectMessage('before');
  await away(many(61, 460));
  await write(cid, 'after');
  await ann.expectMessage('after');
  // And one of which it came: at its end one stays at the end, though nobody scrolls.
  await ann.row(world.unique('ben')).click();
  await ann.expectLast('line 460');
  await away(many(461, 860));
  await line(ann, 860).waitFor();
});

flow('history: jump to a date', async (world) => {
  const ann = await annWithHistory(world);
  const day = await ann.page.evaluate(() => new Date().toLocaleDateString('sv'));
  const jump = async (to: string): Promise<void> => {
    await ann.chat.getByRole('button', { name: ann.t('common.more'), exact: true }).first().click();
    await ann.item('jump.title').click();
    await ann.dialog('jump.title').getByLabel(ann.t('jump.day')).fill(to);
    await ann.dialog('jump.title').getByRole('button', { name: ann.t('jump.go') }).click();
  };
  await jump(day);
  await line(ann, 1).waitFor();
  const [top, first] = [await log(ann).boundingBox(), await line(ann, 1).boundingBox()];
  check(first!.y >= top!.y && first!.y < top!.y + 300, 'the first message of the day is not at the top');
  // From here one can read on to the end.
  await ann.button('chat.toEnd').click();
  await line(ann, lines).waitFor();
});

flow('history: search in it, and go from match to match', async (world) => {
  const ann = await annWithHistory(world);
  await ann.button('chat.toEnd').click();
  await line(ann, lines).waitFor();
  await ann.composer.press('Control+f');
  const words = ann.page.getByRole('searchbox', { name: ann.t('search.inChat') });
  await words.fill(`line ${lines - 4}`);
  await ann.page.getByRole('status').getByText(ann.t('search.hit', { n: 1, total: 1 })).waitFor();
  await line(ann, lines - 4).locator('mark').waitFor();
  await words.fill('nobody wrote this');
  await ann.page.getByRole('status').getByText(ann.t('search.nothing')).waitFor();
  await words.press('Escape');
  await words.waitFor({ state: 'detached' });
  await ann.until('the line being focused', () => ann.composer.evaluate((area) => area === document.activeElement));
});

/** Runs in the page: nothing is above, and what was asked for does not come for half a second's frames. */
async function waitsAtTop(scroller: Element, loading: string): Promise<boolean> {
  for (let frame = 0; frame < 30; ++frame) {
    if (scroller.scrollTop > 60 || !document.querySelector('.history-notes')?.textContent?.includes(loading)) return false;
    await new Promise((done) => requestAnimationFrame(done));
  }
  return true;
}
