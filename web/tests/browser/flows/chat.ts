// One-to-one chat: both ways, and everything one can do with a message.
import { same } from '../lib/check';
import { flow } from '../lib/runner';

flow('chat: both ways', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ann.openChat(ben);
  await ann.say('are you there?');
  await ben.row(ann.name).click();
  await ben.expectMessage('are you there?');
  await ben.say('yes, I am');
  await ann.expectMessage('yes, I am');
  await ann.say('two\nlines 你好 👍');
  await ben.expectMessage('two\nlines 你好 👍');
  same(await ben.messages, await ann.messages, 'what both see');
});

flow('chat: waiting, on the server, on their device, read', async (world) => {
  await world.befriended('ann', 'ben');
  const line = await world.line();
  const ann = await world.visitor('ann', { base: line.base });
  ann.watch.forgive(/net::ERR_/);
  await ann.signIn();
  await ann.openChat({ name: world.unique('ben') });
  line.cut();
  await ann.say('a long way');
  await ann.expectDelivery('a long way', 'waiting');
  line.mend();
  await ann.expectDelivery('a long way', 'sent');
  const ben = await world.visitor('ben');
  await ben.signIn();
  await ann.expectDelivery('a long way', 'delivered');
  await ben.row(ann.name).click();
  await ben.expectMessage('a long way');
  await ann.expectDelivery('a long way', 'read');
});

flow('chat: reply', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ann.openChat(ben);
  await ann.say('tea or coffee?');
  await ben.openChat(ann);
  await ben.choose('tea or coffee?', 'action.reply');
  await ben.says('composer.replying', { name: ann.name });
  await ben.say('coffee');
  const quoted = (await ann.expectMessage('coffee')).getByRole('button', { name: 'tea or coffee?' });
  await quoted.click();
  same(await ann.message('coffee').locator('.text').textContent(), 'coffee', 'the reply without its fallback');
  // Let go of by Escape.
  await ben.choose('tea or coffee?', 'action.reply');
  await ben.composer.press('Escape');
  await ben.say('with milk');
  same(await (await ann.expectMessage('with milk')).getByRole('button', { name: 'tea or coffee?' }).count(), 0, 'quotations in what is no reply');
});

flow('chat: edit from the menu and with the arrow key', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.openChat(ann);
  await ann.openChat(ben);
  await ann.say('I am on my wey');
  await ann.expectDelivery('I am on my wey', 'read');
  await ann.choose('I am on my wey', 'action.edit');
  same(await ann.composer.inputValue(), 'I am on my wey', 'what is put into the line to be changed');
  await ann.say('I am on my way');
  await (await ben.expectMessage('I am on my way')).getByText(ben.t('chat.edited'), { exact: true }).waitFor();
  await (await ann.expectMessage('I am on my way')).getByText(ann.t('chat.edited'), { exact: true }).waitFor();
  await ann.composer.press('ArrowUp');
  await ann.says('composer.editing');
  await ann.say('I am here');
  await ben.expectMessage('I am here');
  same(await ben.messages, ['I am here'], 'what is left');
  same(await ann.composer.inputValue(), '', 'the line after an edit');
});

flow('chat: withdraw', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.openChat(ann);
  await ann.openChat(ben);
  await ann.say('that was not for you');
  await ben.expectMessage('that was not for you');
  await ann.expectDelivery('that was not for you', 'read');
  await ann.choose('that was not for you', 'action.withdraw');
  await ann.dialog('withdraw.title').getByRole('button', { name: ann.t('action.withdraw') }).click();
  await ann.expectNote('chat.withdrawnMine');
  await ben.expectNote('chat.withdrawnBy', { name: ann.name });
  await ben.page.reload();
  await ben.expectNote('chat.withdrawnBy', { name: ann.name });
  same(await ben.page.getByText('that was not for you').count(), 0, 'the words on the other side');
});

flow('chat: react, from the menu, by joining in and from the picker', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.openChat(ann);
  await ann.openChat(ben);
  await ann.say('we have won');
  await ben.expectMessage('we have won');
  await ben.menuOf('we have won');
  await ben.page.getByRole('menuitemcheckbox', { name: ben.t('action.reactWith', { emoji: '👍' }) }).click();
  const thumbs = ann.message('we have won').getByRole('button', { name: ann.t('reactions.by', { emoji: '👍', names: ben.name }), exact: true });
  await thumbs.click();
  const both = ben.message('we have won').getByRole('button', { name: /👍/ }).and(ben.page.locator('[aria-pressed=true]'));
  await both.getByText('2').waitFor();
  await both.click();
  await ann.message('we have won').getByRole('button', { name: ann.t('reactions.by', { emoji: '👍', names: ann.name }), exact: true }).waitFor();
  await ben.choose('we have won', 'action.moreReactions');
  const picker = ben.dialog('action.react');
  await picker.getByRole('searchbox', { name: ben.t('emoji.search') }).fill('rocket');
  await picker.getByRole('button', { name: /rocket/ }).first().click();
  await ann.message('we have won').getByRole('button', { name: ann.t('reactions.by', { emoji: '🚀', names: ben.name }), exact: true }).waitFor();
});

flow('chat: forward', async (world) => {
  const [ann, ben, cid] = await world.among('ann', 'ben', 'cid');
  await ann.openChat(ben);
  await ben.say(ann, 'the train leaves at nine');
  await ann.expectMessage('the train leaves at nine');
  await ann.choose('the train leaves at nine', 'action.forward');
  const dialog = ann.dialog('forward.title');
  await dialog.getByRole('checkbox', { name: cid.name }).check();
  await dialog.getByRole('button', { name: ann.t('forward.send', { n: 1 }) }).click();
  await ann.says('forward.done', { n: 1 });
  await cid.hear(/<body>the train leaves at nine<\/body>/);
});
