// Contacts: asking, accepting, declining, and those who are none.
import { inspect } from '../lib/axe';
import { same } from '../lib/check';
import { password } from '../lib/person';
import { flow } from '../lib/runner';

flow('people: add and accept', async (world) => {
  const [ann, ben] = await Promise.all([world.member('ann'), world.member('ben')]);
  await ann.askToAdd(ben, 'It is Ann.');
  const requests = await ben.openRequests();
  await requests.getByText('It is Ann.').waitFor();
  await requests.getByRole('button', { name: ben.t('requests.accept') }).click();
  await ben.says('requests.accepted', { name: ann.name });
  await ben.closeDialog(requests);
  await ben.row(ann.name).getByText(ben.t('show.online')).waitFor();
  await ann.lists('contacts');
  await ann.row(ben.name).getByText(ann.t('show.online')).waitFor();
});

flow('people: an invitation link makes an account and a contact', async (world) => {
  const ann = await world.member('ann');
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await ann.panel.getByRole('button', { name: ann.t('add.title'), exact: true }).first().click();
  await ann.dialog('add.title').getByRole('button', { name: ann.t('add.link'), exact: true }).click();
  await ann.page.getByText(ann.t('add.linkCopied', { time: '' }).replace(/\W+$/, '')).waitFor();
  const link = await ann.page.evaluate(() => navigator.clipboard.readText());
  const ben = await world.visitor('ben', { base: link });
  await ben.says('sign.invitedBy', { name: ann.address });
  await ben.field('sign.newName').fill(ben.name);
  await ben.secret('sign.newPassword').fill(password);
  await ben.button('sign.createNow').click();
  await ben.dialog('add.title').waitFor();
  same(await ben.field('add.address').inputValue(), ann.address, 'the address to add');
  await ben.button('add.send').click();
  await ben.says('add.done');
  await ben.page.reload();
  await ben.online();
  same(await ben.dialog('add.title').count(), 0, 'questions after a reload');
  // The link is hers: she is not asked.
  await ann.closeDialog(ann.dialog('add.title'));
  await ann.lists('contacts');
  await ann.row(ben.name).getByText(ann.t('show.online')).waitFor();
  // Who is signed in already comes to the conversation, or is asked.
  await ben.lists('contacts');
  await ben.row(ann.name).getByText(ben.t('show.online')).waitFor();
  await ben.page.goto(link);
  await ben.composer.waitFor();
});

flow('people: a stranger is declined, and what comes back from him is not delivered', async (world) => {
  await world.befriended('ann');
  const [ben, ann] = [await world.member('ben'), await world.raw('ann')];
  const name = world.unique('ann');
  await ann.roundTrip(`<presence to='${ben.address}' type='subscribe'/>`, `<message to='${ben.address}' type='chat' id='hello'><body>hello?</body></message>`);
  await ben.row(name).click();
  await ben.expectMessage('hello?');
  await ben.says('requests.from', { name });
  await inspect(ben, 'somebody who asks');
  const requests = await ben.openRequests();
  await requests.getByRole('button', { name: ben.t('requests.decline') }).click();
  await ben.says('requests.declined', { name });
  await ben.says('requests.emptyTitle');
  await ben.closeDialog(requests);
  await ben.says('contacts.emptyTitle');
  await ben.says('chat.isStranger');
  await ben.say('who are you?');
  const [, from, id] = /<message[^>]* from=['"]([^'"]+)[^>]* id=['"]([^'"]+)/.exec(await ann.hear(/who are you/))!;
  await ann.roundTrip(`<message to='${from}' type='error' id='${id}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`);
  const failed = ben.message('who are you?');
  await failed.getByText(ben.t('delivery.failed')).waitFor();
  await inspect(ben, 'a stranger, and a failed message');
  await failed.getByRole('button', { name: ben.t('common.retry'), exact: true }).click();
  await ben.expectDelivery('who are you?', 'sent');
});
