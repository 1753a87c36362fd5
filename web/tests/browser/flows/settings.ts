// Settings that reach others: profile, picture, password, devices, privacy; and those that end it all.
import { readFile } from 'node:fs/promises';
import { inspect } from '../lib/axe';
import { check, same } from '../lib/check';
import { flow } from '../lib/runner';
import { squares } from '../lib/picture';

flow('settings: profile, nickname and signature reach the contact', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.lists('contacts');
  const page = await ann.settings('profile');
  await page.getByRole('textbox', { name: ann.t('fact.nickname') }).fill('Änne 安妮');
  await page.getByRole('textbox', { name: ann.t('fact.signature') }).fill('gone fishing');
  await page.getByRole('textbox', { name: ann.t('fact.region') }).fill('Lüneburg');
  await page.getByRole('button', { name: ann.t('common.save') }).click();
  await ann.says('common.saved');
  await ann.closeDialog(ann.dialog('settings.title'));
  await ann.button('self.nickname').or(ann.page.getByRole('button', { name: `${ann.t('self.nickname')}: Änne 安妮` })).waitFor();
  await ben.row('Änne 安妮').getByText('gone fishing').waitFor();
  await ben.row('Änne 安妮').click();
  await ben.who('Änne 安妮').click();
  await ben.page.getByRole('dialog').getByText('Lüneburg').waitFor();
  // And in place, in the main panel.
  await ann.page.getByRole('button', { name: `${ann.t('self.signature')}: gone fishing` }).click();
  await ann.field('self.signature').fill('back again');
  await ann.field('self.signature').press('Enter');
  await ben.page.getByRole('dialog').getByText('back again').waitFor();
});

flow('settings: a picture of oneself, cropped', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.lists('contacts');
  const page = await ann.settings('profile');
  await page.getByLabel(ann.t('avatar.choose')).and(ann.page.locator('input')).setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: squares(400, 200) });
  const crop = ann.dialog('avatar.crop');
  // The picture is red on the left and blue on the right: all the way to one side, it is one colour.
  await crop.getByRole('slider', { name: ann.t('avatar.zoom') }).fill('2');
  const view = crop.getByRole('application');
  await view.focus();
  for (let i = 0; i < 40; ++i) await view.press('ArrowLeft');
  await inspect(ann, 'cropping');
  await crop.getByRole('button', { name: ann.t('avatar.use') }).click();
  await ann.says('avatar.done');
  const picture = ben.row(ann.name).locator('img');
  await picture.waitFor();
  const [red, , blue] = await picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  });
  check(red! > 200 && blue! < 60, `the picture the contact sees is not its red side: red ${red}, blue ${blue}`);
  await page.getByRole('button', { name: ann.t('avatar.remove') }).click();
  await picture.waitFor({ state: 'detached' });
  await page.getByLabel(ann.t('avatar.choose')).and(ann.page.locator('input')).setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)">') });
  await ann.dialog('avatar.crop').getByRole('alert').getByText(ann.t('avatar.notPicture')).waitFor();
  await inspect(ann, 'cropping what is no picture');
});

flow('settings: a new password signs the other devices out, and only it is taken', async (world) => {
  const ann = await world.member('ann');
  const other = await world.device(ann);
  const page = await ann.settings('account');
  await page.getByLabel(ann.t('password.old'), { exact: true }).fill('not the old one');
  await page.getByLabel(ann.t('password.new'), { exact: true }).fill('five new noisy rooks');
  await page.getByLabel(ann.t('password.again'), { exact: true }).fill('five new noisy rooks');
  await page.getByRole('button', { name: ann.t('password.change') }).click();
  await page.getByRole('alert').getByText(ann.t('failure.bad-credentials')).waitFor();
  await page.getByLabel(ann.t('password.old'), { exact: true }).fill('four plain quiet rooks');
  await page.getByRole('button', { name: ann.t('password.change') }).click();
  await ann.says('password.done');
  await other.atSignIn();
  await other.typeIn();
  await other.page.getByRole('alert').getByText(other.t('failure.bad-credentials')).waitFor();
  await other.signIn('five new noisy rooks');
  await ann.page.reload();
  await ann.dialog('settings.title').or(ann.page.getByRole('button', { name: ann.t('settings.title') })).first().waitFor();
});

flow('settings: devices are listed, and one is signed out', async (world) => {
  const ann = await world.member('ann');
  const other = await world.device(ann);
  const page = await ann.settings('devices');
  await page.getByText(ann.t('devices.this'), { exact: true }).waitFor();
  same(await page.getByRole('listitem').count(), 2, 'devices');
  await page.getByRole('button', { name: ann.t('devices.out') }).click();
  await ann.page.getByRole('dialog').getByRole('button', { name: ann.t('devices.out') }).last().click();
  // It had been given the password, and could use it again: the list says so by keeping it.
  await ann.says('devices.outKnows');
  await ann.until('one device being online', async () => (await page.getByText(ann.t('devices.online')).count()) === 1);
  await other.atSignIn();
  await other.says('signedOut.signed-out-elsewhere');
  await inspect(other, 'signed out');
  const kept = (): Promise<boolean> => other.page.evaluate(async (name) => (await indexedDB.databases()).some((db) => db.name === name), `rookery:${other.address}`);
  await other.until('nothing of the account kept', async () => !(await kept()));
  await other.page.reload();
  await other.atSignIn();
  await other.signIn();
});

flow('settings: without receipts and typing the other one sees neither', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ann.openChat(ben);
  await ann.say('first');
  await ann.expectDelivery('first', 'delivered');
  const page = await ben.settings('privacy');
  for (const key of ['privacy.receipts', 'privacy.read', 'privacy.typing'] as const) await page.getByRole('switch', { name: ben.t(key), exact: true }).uncheck();
  await ben.closeDialog(ben.dialog('settings.title'));
  await ben.openChat(ann);
  await ann.say('second');
  await ben.expectMessage('second');
  await ben.composer.pressSequentially('not seen to be typed');
  await ben.composer.press('Enter');
  await ann.expectMessage('not seen to be typed');
  // Whatever ben would have said came before his message: the server keeps the order.
  await ann.expectDelivery('first', 'delivered');
  await ann.expectDelivery('second', 'sent');
  await ben.page.reload();
  await ben.online();
  const again = await ben.settings('privacy');
  same(await again.getByRole('switch', { name: ben.t('privacy.receipts'), exact: true }).isChecked(), false, 'receipts after a reload');
});

flow('settings: all of one\'s data can be taken away whole', async (world) => {
  const [ann, ben] = await world.among('ann', 'ben');
  await ann.openChat(ben);
  for (let i = 1; i <= 5; ++i) {
    await ann.say(`ann says ${i} <b>&amp;`);
    await ben.say(ann, `ben says ${i}`);
  }
  await ann.expectMessage('ben says 5');
  await ann.expectDelivery('ann says 5 <b>&amp;', 'sent');
  const page = await ann.settings('account');
  const files = new Map<string, string>();
  const downloads: Promise<void>[] = [];
  ann.page.on('download', (download) => downloads.push((async () => void files.set(download.suggestedFilename(), await readFile(await download.path(), 'utf8')))()));
  await page.getByRole('button', { name: ann.t('export.go') }).click();
  await ann.says('export.done');
  await ann.until('two files', async () => (await Promise.all(downloads), files.size === 2));
  const [document, readable] = [...files].sort(([a], [b]) => Number(a.endsWith('.html')) - Number(b.endsWith('.html'))).map(([, text]) => text);
  const parsed = JSON.stringify(JSON.parse(document!));
  for (let i = 1; i <= 5; ++i) {
    for (const text of [`ann says ${i} &lt;b&gt;&amp;amp;`, `ben says ${i}`]) check(parsed.includes(text), `"${text}" is not in the document`);
    const plain = readable!.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    for (const text of [`ann says ${i} <b>&amp;`, `ben says ${i}`]) check(plain.includes(text), `"${text}" is not in the page`);
  }
  check(!readable!.includes('<b>'), 'the page to read has markup of a message in it');
  check(parsed.includes(`${ben.name}@localhost`), 'the contact is not in the document');
});

flow('settings: an account is deleted', async (world) => {
  const [ann, ben] = await world.friends('ann', 'ben');
  await ben.lists('contacts');
  const page = await ann.settings('account');
  await page.getByRole('button', { name: ann.t('delete.title') }).click();
  const dialog = ann.dialog('delete.title');
  const sure = dialog.getByRole('button', { name: ann.t('delete.now') });
  await dialog.getByLabel(ann.t('delete.typeName', { name: ann.name })).fill(ann.name);
  await dialog.getByLabel(ann.t('sign.password'), { exact: true }).fill('wrong password');
  await sure.click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel(ann.t('sign.password'), { exact: true }).fill('four plain quiet rooks');
  await sure.click();
  await ann.atSignIn();
  await ann.typeIn();
  await ann.page.getByRole('alert').getByText(ann.t('failure.bad-credentials')).waitFor();
  await ben.row(ann.name).getByText(ben.t('show.offline')).or(ben.page.getByText(ben.t('contacts.emptyTitle'))).waitFor();
});
