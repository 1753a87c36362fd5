// Invitations on a server that takes no new accounts otherwise.
import { inspect } from '../lib/axe';
import { same } from '../lib/check';
import { password, type Person } from '../lib/person';
import { flow } from '../lib/runner';

const closed = ['modules.registration.open = false', 'modules.invitations.users_may_invite = true'];
const createAccount = async (person: Person): Promise<void> => {
  await person.secret('sign.newPassword').fill(password);
  await person.button('sign.createNow').click();
};

flow('invitations: the first of a family comes by the link of the operator, the next by hers, and both chat at once', async (world) => {
  const server = await world.ownServer(closed);
  const name = world.unique('ann');
  const [first = ''] = (await server.command('user', 'invite', '--name', name)).split('\n');
  const ann = await world.visitor('ann', { base: first });
  await ann.says('sign.invited');
  same(await ann.field('sign.givenName').inputValue(), name, 'the name it is for');
  await inspect(ann, 'an invitation with a name');
  await ann.page.keyboard.type(password); // where the focus is
  await ann.button('sign.createNow').click();
  await ann.online();
  same(await ann.dialog('add.title').count(), 0, 'questions');

  await ann.panel.getByRole('button', { name: ann.t('add.title'), exact: true }).first().click();
  // A browser that lets nothing be copied: the link can be seen, and the next try is of the same.
  await ann.page.evaluate(() => {
    const refuse = (): Promise<never> => Promise.reject(new Error('not allowed'));
    Object.assign(navigator.clipboard, { write: refuse, writeText: refuse });
  });
  const copyLink = ann.dialog('add.title').getByRole('button', { name: ann.t('add.link'), exact: true });
  await copyLink.click();
  const shown = await ann.field('add.linkByHand').inputValue();
  await inspect(ann, 'a link to be copied by hand');
  await ann.page.evaluate(() => ['write', 'writeText'].forEach((name) => Reflect.deleteProperty(navigator.clipboard, name)));
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await copyLink.click();
  await ann.page.getByText(ann.t('add.linkCopied', { time: '' }).replace(/\W+$/, '')).waitFor();
  await inspect(ann, 'a link that was copied');
  const link = await ann.page.evaluate(() => navigator.clipboard.readText());
  same(link, shown, 'the link that was not copied at first');
  await ann.closeDialog(ann.dialog('add.title'));

  const ben = await world.visitor('ben', { base: link });
  await ben.says('sign.invitedBy', { name: ann.address });
  await ben.field('sign.newName').fill(ben.name);
  await createAccount(ben);
  await ben.composer.fill('Here I am.');
  await ben.page.keyboard.press('Enter');
  await ann.row(ben.name).click();
  await ann.expectMessage('Here I am.');
  await ann.composer.fill('Welcome!');
  await ann.page.keyboard.press('Enter');
  await ben.expectMessage('Welcome!');
  for (const [one, other] of [[ann, ben], [ben, ann]] as const) {
    await one.lists('contacts');
    await one.row(other.name).getByText(one.t('show.online')).waitFor();
  }
  same(new URL(ben.page.url()).search, '', 'what is left of the link');

  // It was good for one, and says so.
  const cai = await world.visitor('cai', { base: link, language: 'zh-CN' });
  await cai.field('sign.newName').fill(cai.name);
  await createAccount(cai);
  await cai.says('failure.invitation-over');
  await inspect(cai, 'an invitation that is over');
});

flow('invitations: without one a closed server makes no account, and says so', async (world) => {
  await world.ownServer(closed);
  const dan = await world.visitor('dan');
  await dan.button('sign.create').click();
  await dan.field('sign.newName').fill(dan.name);
  await createAccount(dan);
  await dan.says('failure.registration-closed');
});
