// Files that other apps share: with what is said of them, in their place where that is safe, and passed on as files.
import { inspect } from '../lib/axe';
import { check, same } from '../lib/check';
import { flow } from '../lib/runner';

const sfs = (url: string, more: { type?: string; name: string; size?: number; width?: number; height?: number; disposition?: string }): string =>
  `<file-sharing xmlns='urn:xmpp:sfs:0' disposition='${more.disposition ?? 'inline'}'><file xmlns='urn:xmpp:file:metadata:0'><media-type>${more.type ?? 'image/png'}</media-type>`
  + `<name>${more.name}</name><size>${more.size ?? 10}</size><width>${more.width ?? 192}</width><height>${more.height ?? 192}</height></file>`
  + `<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='${url}'/></sources></file-sharing>`;

flow('files: a picture in its place, a card with name and size, and both passed on', async (world) => {
  await world.befriended('ann', 'ben', 'cat');
  const [ann, ben] = await Promise.all([world.visitor('ann'), world.visitor('ben')]);
  await Promise.all([ann.signIn(), ben.signIn()]);
  const cat = await world.raw('cat');
  const picture = `${world.base}icon-192.png`;
  const say = (id: string, inner: string): string => `<message to='${ann.address}' type='chat' id='${id}'>${inner}<store xmlns='urn:xmpp:hints'/></message>`;
  await cat.roundTrip(
    say('picture', sfs(picture, { name: 'nest.png' })),
    say('offered', sfs(picture, { name: 'offered.png', disposition: 'attachment' })),
    say('several', `<body>Two of them</body>${sfs('https://files.example/minutes.pdf', { type: 'application/pdf', name: 'minutes.pdf', size: 3_032_449 })}${sfs('https://files.example/plan.pdf', { type: 'application/pdf', name: 'plan.pdf' })}`),
  );
  await ann.row(world.unique('cat')).click();
  await ann.expectMessage('Two of them');
  const shown = ann.button('file.view', { name: 'nest.png' });
  await shown.waitFor();
  await ann.until('the picture', () => shown.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth === 192));
  same(await ann.button('file.view', { name: 'offered.png' }).count(), 0, 'pictures in place that were only offered');
  await ann.chat.getByText('offered.png', { exact: true }).waitFor();
  await ann.chat.getByText('plan.pdf', { exact: true }).waitFor();
  const size = await ann.chat.locator('.file').filter({ hasText: 'minutes.pdf' }).innerText();
  check(/\b3 MB/.test(size), `the size of the file is not shown: ${size}`);

  await shown.click();
  const viewer = ann.page.getByRole('dialog', { name: 'nest.png' });
  await ann.until('the picture in the viewer', () => viewer.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth === 192));
  await inspect(ann, 'viewer');
  await ann.closeDialog(viewer);

  await ann.menuOf('Two of them');
  await ann.item('action.forward').click();
  const dialog = ann.dialog('forward.title');
  await dialog.getByRole('checkbox', { name: ben.name }).check();
  await dialog.getByRole('button', { name: ann.t('forward.send', { n: 1 }) }).click();
  await ben.row(ann.name).click();
  await ben.expectMessage('Two of them');
  for (const name of ['minutes.pdf', 'plan.pdf']) await ben.chat.getByText(name, { exact: true }).waitFor();
});
