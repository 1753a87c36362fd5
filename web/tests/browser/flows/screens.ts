// All of it on a phone, with the keyboard alone, in both languages and themes.
import type { Locator } from 'playwright-core';
import { check, same } from '../lib/check';
import { password, phone, type Person } from '../lib/person';
import { flow } from '../lib/runner';

const tabs_max = 80;

/** With the Tab key to something; what it cannot reach, nobody without a mouse can. */
async function tabTo(person: Person, wanted: Locator, back = false): Promise<void> {
  await wanted.waitFor();
  for (let i = 0; i < tabs_max; ++i) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await person.page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`${person.name}: ${wanted} is not reached with ${tabs_max} times Tab`);
}

flow('screens: everything with the keyboard alone', async (world) => {
  await world.befriended('ann', 'ben');
  const ann = await world.visitor('ann');
  const ben = await world.visitor('ben');
  await ben.signIn();
  const keys = ann.page.keyboard;
  await ann.field('sign.address').waitFor();
  await tabTo(ann, ann.field('sign.address'));
  await keys.type(ann.name);
  await tabTo(ann, ann.secret('sign.password'));
  await keys.type(password);
  await keys.press('Enter');
  await ann.online();
  await tabTo(ann, ann.page.getByRole('tab', { name: ann.t('panel.conversations') }));
  await keys.press('ArrowRight');
  await tabTo(ann, ann.row(ben.name));
  await keys.press('Enter');
  await ann.composer.waitFor();
  await tabTo(ann, ann.composer);
  await keys.type('without a mouse');
  await keys.press('Enter');
  await ben.row(ann.name).click();
  await ben.say('really?');
  await ann.expectMessage('really?');
  // Back to the messages, to the last one, and what can be done with it.
  await tabTo(ann, ann.chat.getByRole('log'), true);
  await keys.press('ArrowUp');
  await ann.until('the last message having the focus', () => ann.message('really?').evaluate((element) => element === document.activeElement));
  await keys.press('Enter');
  const menu = ann.page.getByRole('menu');
  await menu.waitFor();
  same(await menu.getByRole('menuitemcheckbox').first().evaluate((element) => element === document.activeElement), true, 'the focus in the menu');
  await keys.press('Enter');
  await ben.message('really?').getByRole('button', { name: /👍/ }).waitFor();
  await keys.press('Escape');
  await ann.until('the line having the focus', () => ann.composer.evaluate((element) => element === document.activeElement));
  await keys.press('Shift+Tab');
  await tabTo(ann, ann.button('settings.title'), true);
  await keys.press('Enter');
  await tabTo(ann, ann.page.getByRole('navigation', { name: ann.t('settings.title') }).getByRole('button', { name: ann.t('settings.appearance') }));
  await keys.press('Enter');
  await tabTo(ann, ann.page.getByRole('switch', { name: ann.t('appearance.enter') }));
  await keys.press('Space');
  same(await ann.page.getByRole('switch', { name: ann.t('appearance.enter') }).isChecked(), false, 'the switch');
  await keys.press('Escape');
  await ann.dialog('settings.title').waitFor({ state: 'detached' });
});

flow('screens: on a phone one thing at a time', async (world) => {
  const [ann, ben] = await world.amongWith({ viewport: phone }, 'ann', 'ben');
  const panel = ann.panel;
  const fits = (): Promise<boolean> => ann.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  await panel.waitFor();
  check(!(await ann.composer.isVisible()), 'a conversation is shown beside the list');
  await ben.say(ann, 'on the road');
  await ann.row(ben.name).tap();
  await ann.expectMessage('on the road');
  check(!(await panel.isVisible()), 'the list is shown beside the conversation');
  check(await fits(), 'the conversation is wider than the phone');
  await ann.composer.fill('me too');
  await ann.chat.getByRole('button', { name: ann.t('composer.send') }).tap();
  await ben.hear(/<body>me too<\/body>/);
  await ann.chat.getByRole('button', { name: ann.t('common.back'), exact: true }).tap();
  await panel.waitFor();
  check(!(await ann.composer.isVisible()), 'the conversation stays after going back');
  check(await fits(), 'the list is wider than the phone');
  await ann.row(ben.name).tap();
  await ann.composer.waitFor();
  await ann.page.goBack();
  await panel.waitFor();
  await ann.button('settings.title').tap();
  await ann.page.getByRole('navigation', { name: ann.t('settings.title') }).getByRole('button', { name: ann.t('settings.privacy') }).tap();
  await ann.page.getByRole('switch', { name: ann.t('privacy.typing') }).waitFor();
  check(await fits(), 'the settings are wider than the phone');
  await ann.dialog('settings.privacy').getByRole('button', { name: ann.t('common.back'), exact: true }).tap();
  await ann.page.getByRole('navigation', { name: ann.t('settings.title') }).waitFor();
});

flow('screens: in Chinese, from the first screen on, and back to English', async (world) => {
  const ann = await world.member('ann', { language: 'zh-CN' });
  const ben = await world.member('ben', { language: 'en' });
  same(await ann.page.evaluate(() => document.documentElement.lang), 'zh-CN', 'the language the page says it is in');
  await ann.askToAdd(ben, '你好，我是安妮。');
  const requests = await ben.openRequests();
  await requests.getByText('你好，我是安妮。').waitFor();
  await requests.getByRole('button', { name: ben.t('requests.accept') }).click();
  await ben.closeDialog(requests);
  await ann.lists('contacts');
  await ann.row(ben.name).getByText(ann.t('show.online')).waitFor();
  const page = await ann.settings('language');
  await page.getByRole('radio', { name: 'English' }).check();
  await ann.page.getByRole('heading', { name: ben.t('settings.title') }).waitFor();
  await ann.page.reload();
  await ann.page.getByRole('heading', { name: ben.t('settings.title') }).waitFor();
  same(await ann.page.evaluate(() => document.documentElement.lang), 'en', 'the language after a reload');
});

flow('screens: light, dark, and as the system', async (world) => {
  const ann = await world.member('ann', { theme: 'dark' });
  const light = (): Promise<boolean> => ann.page.evaluate(() => {
    const [red, green, blue] = getComputedStyle(document.querySelector('.panel')!).backgroundColor.match(/[\d.]+/g)!.map(Number);
    return red! + green! + blue! > 380;
  });
  same(await light(), false, 'light though the system is dark');
  await ann.page.emulateMedia({ colorScheme: 'light' });
  same(await light(), true, 'light as the system');
  const page = await ann.settings('appearance');
  await page.getByRole('radio', { name: ann.t('theme.dark') }).check();
  same(await light(), false, 'light though dark was chosen');
  await ann.page.reload();
  await ann.page.getByRole('radio', { name: ann.t('theme.light') }).check();
  await ann.page.emulateMedia({ colorScheme: 'dark' });
  same(await light(), true, 'light was chosen');
});
