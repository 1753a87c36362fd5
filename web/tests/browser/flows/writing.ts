// The line one writes in: drafts, input methods, and what Enter does.
import { check, same } from '../lib/check';
import { flow } from '../lib/runner';

flow('writing: a draft survives a reload and shows in the list', async (world) => {
  const [ann, ben, cid] = await world.among('ann', 'ben', 'cid');
  await ann.openChat(ben);
  await ann.composer.pressSequentially('half a thou');
  await ann.openChat(cid);
  same(await ann.composer.inputValue(), '', 'the line of the other conversation');
  await ann.row(ben.name).getByText(ann.t('conversations.draft')).waitFor();
  await ann.page.reload();
  await ann.online();
  await ann.row(ben.name).getByText('half a thou').waitFor();
  await ann.row(ben.name).click();
  await ann.until('the draft', async () => (await ann.composer.inputValue()) === 'half a thou');
  await ann.composer.press('End');
  await ann.composer.pressSequentially('ght');
  await ann.composer.press('Enter');
  await ann.expectDelivery('half a thought', 'sent');
  await ann.page.reload();
  await ann.expectMessage('half a thought');
  same(await ann.composer.inputValue(), '', 'the line after a reload, once it was sent');
});

flow('writing: an answer and a change one is in the middle of are there again, and the last letters too', async (world) => {
  await world.befriended('ann', 'ben', 'cid');
  const [ann, ben, cid] = [await world.visitor('ann'), await world.visitor('ben'), { name: world.unique('cid') }];
  await Promise.all([ann.signIn(), ben.signIn()]);
  await ann.openChat(ben);
  await ben.openChat(ann);
  await ben.say('the question');
  await ann.choose('the question', 'action.reply');
  await ann.composer.fill('half an ans');
  await ann.openChat(cid);
  await ann.openChat(ben);
  await ann.says('composer.replying', { name: ben.name });
  same(await ann.composer.inputValue(), 'half an ans', 'the answer after another conversation');
  await ann.composer.press('End');
  await ann.composer.pressSequentially('wer');
  await ann.page.reload();
  await ann.says('composer.replying', { name: ben.name });
  await ann.until('the last letters', async () => (await ann.composer.inputValue()) === 'half an answer');
  await ann.composer.press('Enter');
  await ben.expectMessage('half an answer');
  await ann.expectDelivery('half an answer', 'read');
  await ann.choose('half an answer', 'action.edit');
  await ann.composer.fill('a whole answer');
  await ann.openChat(cid);
  same(await ann.composer.inputValue(), '', 'the line of the other conversation');
  await ann.openChat(ben);
  await ann.says('composer.editing');
  same(await ann.composer.inputValue(), 'a whole answer', 'the change after another conversation');
  await ann.composer.press('Enter');
  await ben.expectMessage('a whole answer');
  same(await ann.composer.inputValue(), '', 'the line once it was sent');
});

flow('writing: the Enter that confirms a Chinese candidate does not send', async (world) => {
  const [ann, ben] = await world.friendsWith({ language: 'zh-CN' }, 'ann', 'ben');
  await ann.openChat(ben);
  await ben.openChat(ann);
  await ann.composer.focus();
  const keys = await ann.context.newCDPSession(ann.page);
  for (const text of ['n', 'ni', 'ni h', 'ni hao'])
    await keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  // As Windows and Linux say it: the method has the key.
  for (const type of ['rawKeyDown', 'keyUp'] as const) await keys.send('Input.dispatchKeyEvent', { type, key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
  same(await ann.composer.inputValue(), 'ni hao', 'the line while one composes');
  same(await ann.messages, [], 'messages sent by confirming');
  await keys.send('Input.insertText', { text: '你好' });
  same(await ann.composer.inputValue(), '你好', 'the line after confirming');
  // Confirmed with a real Enter while the composition is still on, as macOS says it.
  await keys.send('Input.imeSetComposition', { text: 'ma', selectionStart: 2, selectionEnd: 2 });
  await keys.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 });
  same(await ann.messages, [], 'messages sent in the middle of a composition');
  await keys.send('Input.imeSetComposition', { text: '吗', selectionStart: 1, selectionEnd: 1 });
  await keys.send('Input.insertText', { text: '吗' });
  await ann.composer.press('Enter');
  await ben.expectMessage('你好吗');
  same(await ben.messages, ['你好吗'], 'messages');
});

flow('writing: Enter and Ctrl+Enter as one has chosen', async (world) => {
  const [ann, ben] = await world.among('ann', 'ben');
  await ann.openChat(ben);
  await ann.composer.pressSequentially('one');
  await ann.composer.press('Shift+Enter');
  await ann.composer.pressSequentially('two');
  await ann.composer.press('Enter');
  await ann.expectMessage('one\ntwo');
  const page = await ann.settings('appearance');
  await page.getByRole('switch', { name: ann.t('appearance.enter') }).uncheck();
  await ann.closeDialog(ann.dialog('settings.title'));
  await ann.composer.pressSequentially('three');
  await ann.composer.press('Enter');
  await ann.composer.pressSequentially('four');
  check(!(await ann.messages).some((text) => text.includes('three')), 'Enter has sent, though Ctrl+Enter was chosen');
  await ann.composer.press('Control+Enter');
  await ann.expectMessage('three\nfour');
});

flow('writing: emoji from the panel', async (world) => {
  const [ann, ben] = await world.among('ann', 'ben');
  await ann.openChat(ben);
  await ann.chat.getByRole('button', { name: ann.t('emoji.open'), exact: true }).click();
  await ann.page.getByRole('searchbox', { name: ann.t('emoji.search') }).fill('penguin');
  await ann.page.getByRole('button', { name: /penguin/ }).first().click();
  same(await ann.composer.inputValue(), '🐧', 'the line after picking');
  await ann.composer.press('Enter');
  await ben.hear(/<body>🐧<\/body>/);
});
