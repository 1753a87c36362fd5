// The people one knows: what one calls them, where they stand, whom one does not want to hear from.
import { inspect } from '../lib/axe';
import { same } from '../lib/check';
import { flow } from '../lib/runner';

flow('contacts: remark name and groups', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  const other = await world.device(ann);
  await ann.lists('contacts');
  await ann.row(ben.name).click();
  await ann.who(ben.name).click();
  const card = ann.page.getByRole('dialog');
  await card.getByRole('textbox', { name: ann.t('profile.remark') }).fill('Benjamin from work');
  await card.getByRole('button', { name: ann.t('common.save') }).click();
  await ann.says('common.saved');
  await card.getByRole('textbox', { name: ann.t('profile.newGroup') }).fill('Colleagues');
  await card.getByRole('button', { name: ann.t('common.add'), exact: true }).click();
  await card.getByRole('button', { name: 'Colleagues', pressed: true }).waitFor();
  await ann.closeDialog(card);
  await ann.row('Benjamin from work').waitFor();
  await ann.page.getByRole('button', { name: /^Colleagues/, expanded: true }).waitFor();
  // The same on the other device, closed and opened there.
  await other.lists('contacts');
  await other.row('Benjamin from work').waitFor();
  await other.page.getByRole('button', { name: /^Colleagues/ }).click();
  await other.row('Benjamin from work').waitFor({ state: 'detached' });
  await other.page.getByRole('button', { name: /^Colleagues/ }).click();
  await other.row('Benjamin from work').waitFor();
  same(await ben.page.getByText('Benjamin from work').count(), 0, 'what the other one sees of the remark');
});

flow('contacts: block and unblock', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.openChat(ann);
  await ann.openChat(ben);
  await ben.say('before');
  await ann.expectMessage('before');
  await ann.chat.getByRole('button', { name: ann.t('common.more'), exact: true }).first().click();
  await ann.item('contact.block').click();
  await ann.dialog('block.title', { name: ben.name }).getByRole('button', { name: ann.t('contact.block') }).click();
  await ann.says('chat.isBlocked');
  await ann.composer.waitFor({ state: 'detached' });
  await inspect(ann, 'somebody blocked');
  await ben.chat.locator('header').getByText(ben.t('chat.lastSeen', { when: '' })).waitFor();
  // Nothing tells who is blocked from who wrote to an address that nobody has: the message stays on the server's side.
  await ben.say('do you hear me?');
  await ben.expectDelivery('do you hear me?', 'sent');
  const privacy = await ann.settings('privacy');
  await privacy.getByText(ben.address).waitFor();
  await privacy.getByRole('button', { name: ann.t('contact.unblock') }).click();
  await privacy.getByText(ann.t('privacy.nobody')).waitFor();
  await ann.closeDialog(ann.dialog('settings.title'));
  await ann.composer.waitFor();
  await ben.say('and now?');
  await ann.expectMessage('and now?');
  same(await ann.messages, ['before', 'and now?'], 'what came through');
});

flow('contacts: remove', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ann.lists('contacts');
  await ben.lists('contacts');
  await ben.row(ann.name).getByText(ben.t('show.online')).waitFor();
  await ann.row(ben.name).click({ button: 'right' });
  await ann.item('contact.remove').click();
  await ann.dialog('remove.title', { name: ben.name }).getByRole('button', { name: ann.t('contact.remove') }).click();
  await ann.says('contacts.emptyTitle');
  await ben.row(ann.name).getByText(ben.t('show.offline')).waitFor();
});

flow('contacts: found by the search box, also who is no contact yet', async (world) => {
  const [ann, ben] = await world.among('ann', 'ben');
  const cid = await world.account('cid');
  const box = ann.page.getByRole('searchbox', { name: ann.t('panel.search') });
  await box.fill(ben.name);
  await ann.panel.getByRole('button').filter({ hasText: ben.name }).first().waitFor();
  await box.fill(cid.address);
  await ann.button('search.add', { name: cid.address }).click();
  same(await ann.field('add.address').inputValue(), cid.address, 'the address to add');
  await ann.button('add.send').click();
  await ann.says('add.done');
  await ann.lists('contacts');
  await ann.row(world.unique('cid')).getByText(ann.t('contacts.asked')).waitFor();
});

flow('conversations: pinned, muted and removed, on every device', async (world) => {
  const [ann, ben, cid] = await world.among('ann', 'ben', 'cid');
  const other = await world.device(ann);
  await ben.say(ann, 'from ben');
  await ann.row(ben.name).waitFor();
  await cid.say(ann, 'from cid');
  const order = (): Promise<string[]> => other.page.getByRole('tabpanel').locator('.row-name').allTextContents();
  await other.until('the newest first', async () => (await order()).join() === `${cid.name},${ben.name}`);
  await ann.row(ben.name).click({ button: 'right' });
  await ann.item('conversations.pin').click();
  await other.until('the pinned one first', async () => (await order()).join() === `${ben.name},${cid.name}`);
  await ann.row(cid.name).click({ button: 'right' });
  await ann.item('conversations.mute').click();
  await other.row(cid.name).getByRole('img', { name: other.t('conversations.muted') }).waitFor();
  // Muted ones do not count.
  same(await other.page.title(), '(1) Rookery', 'the title');
  await ann.row(cid.name).click({ button: 'right' });
  await ann.item('conversations.remove').click();
  await ann.dialog('conversations.removeTitle').getByRole('button', { name: ann.t('conversations.remove') }).click();
  await ann.row(cid.name).waitFor({ state: 'detached' });
  await cid.say(ann, 'again');
  await ann.row(cid.name).getByText('again').waitFor();
  await ann.page.reload();
  await ann.online();
  await ann.row(ben.name).waitFor();
  await ann.row(cid.name).getByRole('img', { name: ann.t('conversations.muted') }).waitFor();
  same((await ann.page.getByRole('tabpanel').locator('.row-name').allTextContents())[0], ben.name, 'the first one after a reload');
});
