// Contacts: asking, accepting, declining.
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

flow('people: decline', async (world) => {
  const [ann, ben] = await Promise.all([world.member('ann'), world.member('ben')]);
  await ann.askToAdd(ben);
  const requests = await ben.openRequests();
  await requests.getByRole('button', { name: ben.t('requests.decline') }).click();
  await ben.says('requests.declined', { name: ann.name });
  await ben.says('requests.emptyTitle');
  await ben.closeDialog(requests);
  await ben.says('contacts.emptyTitle');
});
