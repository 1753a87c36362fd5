// What passes between two besides words: typing, nudges, presence.
import { same } from '../lib/check';
import { flow } from '../lib/runner';

flow('signals: typing is seen, and seen to end', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.openChat(ann);
  await ann.openChat(ben);
  await ann.composer.pressSequentially('I was');
  await ben.chat.locator('header').getByText(ben.t('chat.typing')).waitFor();
  await ann.composer.fill('');
  await ben.chat.locator('header').getByText(ben.t('chat.typing')).waitFor({ state: 'detached' });
});

flow('signals: nudge, once in ten seconds', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ann.openChat(ben);
  await ann.button('nudge.send').click();
  await ann.expectNote('nudge.mine', { name: ben.name });
  await ben.button('nudge.look').click();
  await ben.expectNote('nudge.theirs', { name: ann.name });
  await ann.button('nudge.send').click();
  await ann.says('nudge.tooSoon');
  const mine = ann.chat.locator('[data-message]').filter({ hasText: ann.t('nudge.mine', { name: ben.name }) });
  same(await mine.count(), 1, 'nudges in ten seconds');
  await ann.page.evaluate(tenSecondsLater);
  await ann.button('nudge.send').click();
  await ann.until('the second nudge', async () => (await mine.count()) === 2);
  await ben.until('the second nudge', async () => (await ben.chat.locator('[data-message]').count()) === 2);
});

/** Runs in the page. */
function tenSecondsLater(): void {
  const { now } = Date;
  Date.now = () => now() + 10_000;
}

flow('signals: a nudge takes the keyboard out of no other conversation', async (world) => {
  const [ben, ann, cid] = await world.among('ben', 'ann', 'cid');
  await ben.openChat(cid);
  await ben.composer.pressSequentially('a secret for ');
  await ann.roundTrip(`<message to='${ben.address}' type='chat' id='nudge'><attention xmlns='urn:xmpp:attention:0'/></message>`);
  await ben.says('nudge.theirs', { name: ann.name });
  await ben.page.keyboard.type('cid');
  await ben.page.keyboard.press('Enter');
  await cid.hear(/<body>a secret for cid<\/body>/);
  same(await ben.chat.getByTitle(ben.t('profile.openOf', { name: cid.name })).count() > 0, true, 'the conversation one was in');
});

flow('signals: away with words, invisible, back', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.lists('contacts');
  const seen = (show: string): Promise<void> => ben.row(ann.name).getByText(show, { exact: true }).waitFor();
  await seen(ben.t('show.online'));
  await ann.presence('dnd');
  await seen(ben.t('show.dnd'));
  await ann.presence('invisible');
  await seen(ben.t('show.offline'));
  // Messages still come.
  await ben.row(ann.name).click();
  await ben.say('I know you are there');
  await ann.row(ben.name).click();
  await ann.expectMessage('I know you are there');
  // She sees him all the same, and writes to him.
  await ann.say('hush');
  await ben.expectMessage('hush');
  await ann.lists('contacts');
  await ben.presence('away');
  await ann.row(ben.name).getByText(ann.t('show.away'), { exact: true }).waitFor();
  await ben.lists('contacts');
  await ann.page.reload();
  await ann.online('invisible');
  await ann.lists('contacts');
  await ann.row(ben.name).getByText(ann.t('show.away'), { exact: true }).waitFor();
  await seen(ben.t('show.offline'));
  await ann.presence('online');
  await seen(ben.t('show.online'));
});
