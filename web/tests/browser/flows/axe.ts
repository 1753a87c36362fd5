// Every screen one can reach is as it should be for those who hear it or need contrast.
import { inspect } from '../lib/axe';
import { phone, wide, type Person } from '../lib/person';
import type { RawClient } from '../lib/raw';
import { flow } from '../lib/runner';
import type { World } from '../lib/world';

/** One after the other; everything found is told at once. */
class Tour {
  private readonly found: string[] = [];
  constructor(private readonly person: Person) {}

  async see(screen: string): Promise<void> {
    await inspect(this.person, screen).catch((error: Error) => this.found.push(error.message));
  }
  end(): void {
    if (this.found.length) throw new Error(this.found.join('\n'));
  }
}
const sections = ['profile', 'account', 'devices', 'privacy', 'notifications', 'appearance', 'language', 'sees', 'about'];

async function conversation(world: World, viewport: typeof wide): Promise<[Person, RawClient]> {
  const [ann, ben] = await world.amongWith({ viewport }, 'ann', 'ben');
  await ben.say(ann, '*strong* _words_ and `code`, see https://example.org/');
  await ben.say(ann, '> quoted\n```\npre\n```\n👍');
  await ann.row(ben.name).click();
  await ann.say('an answer');
  const [, id] = /<origin-id[^>]* id=['"]([^'"]+)/.exec(await ben.hear(/an answer/))!;
  await ben.roundTrip(
    `<message to='${ann.address}' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/><store xmlns='urn:xmpp:hints'/></message>`,
    `<message to='${ann.address}' type='chat' id='thumb'><reactions id='${id}' xmlns='urn:xmpp:reactions:0'><reaction>👍</reaction></reactions><store xmlns='urn:xmpp:hints'/></message>`);
  await ann.expectDelivery('an answer', 'read');
  await ann.message('an answer').getByRole('button', { name: /👍/ }).waitFor();
  return [ann, ben];
}

flow('axe: before one is signed in', async (world) => {
  const ann = await world.visitor('ann');
  await ann.atSignIn();
  const tour = new Tour(ann);
  await tour.see('sign in');
  await ann.typeIn('nobody', 'wrong password');
  await ann.page.getByRole('alert').waitFor();
  await tour.see('sign in, refused');
  await ann.button('sign.create').click();
  await ann.secret('sign.newPassword').fill('short');
  await tour.see('sign up');
  tour.end();
});

flow('axe: conversations, contacts and what lies over them', async (world) => {
  const [ann, ben] = await conversation(world, wide);
  const tour = new Tour(ann);
  await tour.see('conversation');
  await ann.menuOf('an answer');
  await tour.see('menu of a message');
  await ann.item('action.details').click();
  await ann.dialog('action.details').waitFor();
  await tour.see('details');
  await ann.closeDialog(ann.dialog('action.details'));
  await ann.choose('an answer', 'action.reply');
  await tour.see('replying');
  await ann.composer.press('Escape');
  await ann.choose('an answer', 'action.forward');
  await tour.see('forward');
  await ann.closeDialog(ann.dialog('forward.title'));
  await ann.chat.getByRole('button', { name: ann.t('emoji.open'), exact: true }).click();
  await ann.page.getByRole('searchbox', { name: ann.t('emoji.search') }).waitFor();
  await tour.see('emoji');
  await ann.composer.press('Escape');
  await ann.composer.press('Control+f');
  await ann.page.getByRole('searchbox', { name: ann.t('search.inChat') }).fill('answer');
  await tour.see('search in the conversation');
  await ann.page.getByRole('searchbox', { name: ann.t('search.inChat') }).press('Escape');
  await ann.lists('contacts');
  await tour.see('contacts');
  await ann.who(ben.name).click();
  await ann.field('profile.remark').waitFor();
  await tour.see('profile card');
  await ann.closeDialog(ann.page.getByRole('dialog'));
  await ann.panel.getByRole('button', { name: ann.t('add.title'), exact: true }).first().click();
  await ann.field('add.address').fill('not an address@');
  await ann.field('add.address').press('Enter');
  await tour.see('add a contact');
  await ann.closeDialog(ann.dialog('add.title'));
  await ann.page.getByRole('searchbox', { name: ann.t('panel.search') }).fill('someone');
  await tour.see('search results');
  tour.end();
});

flow('axe: requests and settings', async (world) => {
  const ann = await world.member('ann');
  await world.befriended('ben');
  const ben = await world.raw('ben');
  const tour = new Tour(ann);
  await tour.see('nothing yet');
  await ben.roundTrip(`<presence to='${ann.address}' type='subscribe'/>`);
  const requests = await ann.openRequests();
  await requests.getByText(`${ben.name}@localhost`).waitFor();
  await tour.see('requests');
  await ann.closeDialog(requests);
  await ann.button('settings.title').click();
  for (const section of sections) {
    const page = await ann.settingsPage(section);
    await page.waitFor();
    if (section === 'devices') await page.getByRole('listitem').first().waitFor();
    await tour.see(`settings, ${section}`);
  }
  tour.end();
});

flow('axe: on a phone', async (world) => {
  const [ann] = await conversation(world, phone);
  const tour = new Tour(ann);
  await tour.see('conversation');
  await ann.chat.getByRole('button', { name: ann.t('common.back'), exact: true }).click();
  await tour.see('conversations');
  await ann.button('settings.title').click();
  await ann.page.getByRole('navigation', { name: ann.t('settings.title') }).waitFor();
  await tour.see('settings');
  tour.end();
});

flow('axe: in Chinese and the dark, menus, dialogs, lines, a request', async (world) => {
  const [ann, ben] = await world.amongWith({ language: 'zh-CN', theme: 'dark' }, 'ann', 'ben');
  const tour = new Tour(ann);
  await ben.say(ann, '九点见');
  await ann.row(ben.name).click();
  await ann.expectMessage('九点见');
  await ann.choose('九点见', 'action.moreReactions');
  await ann.page.getByRole('dialog').getByRole('searchbox', { name: ann.t('emoji.search') }).waitFor();
  await tour.see('choosing a reaction');
  await ann.closeDialog(ann.page.getByRole('dialog'));
  await ann.chat.getByRole('button', { name: ann.t('nudge.send'), exact: true }).click();
  await ann.expectNote('nudge.mine', { name: ben.name });
  await tour.see('conversation with a nudge');
  await ann.chat.locator('header').getByRole('button', { name: ann.t('common.more'), exact: true }).click();
  await tour.see('menu of the conversation');
  await ann.item('jump.title').click();
  await ann.dialog('jump.title').waitFor();
  await tour.see('jump to a date');
  await ann.closeDialog(ann.dialog('jump.title'));
  await ann.row(ben.name).click({ button: 'right' });
  await ann.page.getByRole('menu').waitFor();
  await tour.see('menu in the list');
  await ann.page.keyboard.press('Escape');
  await ann.page.locator('.self').getByRole('button', { name: ann.t('self.presence', { name: '' }) }).click();
  await ann.page.getByRole('menu').waitFor();
  await tour.see('presence menu');
  await ann.page.keyboard.press('Escape');
  await (await ann.settings('appearance')).getByRole('radio', { name: ann.t('appearance.lines'), exact: true }).check();
  await ann.closeDialog(ann.dialog('settings.title'));
  await tour.see('lines');
  await world.befriended('cid');
  await (await world.raw('cid')).roundTrip(`<presence to='${ann.address}' type='subscribe'><status>你好</status></presence>`);
  await ann.lists('contacts');
  await ann.page.getByRole('button', { name: ann.t('requests.title') }).waitFor();
  await tour.see('a request in the list');
  await (await ann.settings('account')).getByRole('button', { name: ann.t('delete.title'), exact: true }).click();
  await tour.see('deleting the account');
  tour.end();
});
