// The line goes down and comes back: nothing is lost, nothing is doubled, nothing has to be written again.
import { inspect } from '../lib/axe';
import { same } from '../lib/check';
import type { Person, PersonOptions } from '../lib/person';
import { flow } from '../lib/runner';
import type { World } from '../lib/world';

const unreachable = /net::ERR_|WebSocket connection to|Failed to fetch/;
const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `message ${i + 1}`);

/** Ann comes through a line that can be cut; Ben is right at the server. */
async function overALine(world: World, options: PersonOptions = {}) {
  await world.befriended('ann', 'ben');
  const line = await world.line();
  const [ann, ben] = await Promise.all([world.visitor('ann', { ...options, base: line.base }), world.visitor('ben')]);
  ann.watch.forgive(unreachable);
  await Promise.all([ann.signIn(), ben.signIn()]);
  await ann.openChat(ben);
  await ben.openChat(ann);
  return { line, ann, ben };
}
async function hasExactly(person: Person, wanted: string[]): Promise<void> {
  await person.expectMessage(wanted.at(-1)!);
  same(await person.messages, wanted, `what ${person.name} has`);
}

flow('line: what was written offline is sent once and in order when it is back', async (world) => {
  const { line, ann, ben } = await overALine(world);
  line.cut();
  for (const text of numbered(5)) await ann.say(text);
  await ann.expectDelivery('message 5', 'waiting');
  await ben.say('meanwhile');
  line.mend();
  await ann.expectDelivery('message 5', 'read');
  await hasExactly(ben, ['meanwhile', ...numbered(5)]);
  await ann.until('the same order', async () => (await ann.messages).join() === ['meanwhile', ...numbered(5)].join());
});

flow('line: the page says that it is offline, and tries again when told to, or when the browser has a network again', async (world) => {
  const { line, ann, ben } = await overALine(world, { before: nextTryInAnHour });
  line.cut();
  const status = ann.page.getByRole('status');
  await status.getByText(ann.t('line.unreachable')).waitFor();
  await ann.page.getByRole('button', { name: ann.t('self.presence', { name: ann.t('show.offline') }) }).waitFor();
  line.mend();
  await status.getByRole('button', { name: ann.t('line.now') }).click();
  await ann.online();
  await status.getByRole('button', { name: ann.t('line.now') }).waitFor({ state: 'detached' });
  await ben.say('there you are');
  await ann.expectMessage('there you are');

  await ann.context.setOffline(true);
  line.cut();
  await status.getByText(ann.t('line.no-network')).waitFor();
  await inspect(ann, 'offline');
  line.mend();
  await ann.context.setOffline(false);
  await ann.online();
});

flow('line: a reload without a server keeps what waits, and it is sent once', async (world) => {
  const { line, ann, ben } = await overALine(world, { serviceWorker: true });
  await ann.page.evaluate(() => navigator.serviceWorker.ready);
  await ann.page.reload();
  await ann.composer.waitFor();
  line.cut();
  for (const text of numbered(3)) await ann.say(text);
  await ann.expectDelivery('message 3', 'waiting');
  await ann.composer.pressSequentially('and a thought');
  await ann.until('the draft to be kept', async () => ann.page.evaluate(draftKept, 'and a thought'));
  await ann.page.reload();
  await ann.expectDelivery('message 3', 'waiting');
  same(await ann.composer.inputValue(), 'and a thought', 'the draft after a reload');
  line.mend();
  await ann.expectDelivery('message 3', 'read');
  await hasExactly(ben, numbered(3));
  await hasExactly(ann, numbered(3));
});

flow('line: who signs out is told what has not been sent', async (world) => {
  await world.befriended('ann', 'ben');
  const line = await world.line();
  const ann = await world.visitor('ann', { base: line.base });
  ann.watch.forgive(/net::ERR_|WebSocket/);
  await ann.signIn();
  await ann.openChat({ name: world.unique('ben') });
  line.cut();
  await ann.say('one');
  await ann.say('two');
  await ann.expectDelivery('two', 'waiting');
  await ann.button('settings.title').click();
  await ann.button('settings.signOut').click();
  const asked = ann.dialog('settings.signOut');
  await asked.getByText(ann.t('settings.signOutUnsent', { n: 2 })).waitFor();
  await asked.getByRole('button', { name: ann.t('common.cancel'), exact: true }).click();
  line.mend();
  await ann.closeDialog(ann.dialog('settings.title'));
  await ann.expectDelivery('two', 'sent');
});

flow('line: a line that comes and goes', async (world) => {
  const { line, ann, ben } = await overALine(world);
  for (const text of numbered(12)) {
    await ann.say(text);
    if (/[369]$/.test(text)) line.cut();
    else line.mend();
  }
  line.mend();
  await ann.expectDelivery('message 12', 'read');
  await hasExactly(ben, numbered(12));
  await hasExactly(ann, numbered(12));
});

flow('line: the server is killed while one types and sends', async (world) => {
  const server = await world.ownServer();
  const [ann, ben] = await world.friends('ann', 'ben');
  for (const person of [ann, ben]) person.watch.forgive(unreachable);
  await ann.openChat(ben);
  await ben.openChat(ann);
  const texts = numbered(12);
  for (const [i, text] of texts.entries()) {
    await ann.say(text);
    if (i === 5) await server.kill9();
  }
  await ann.composer.pressSequentially('half a sen');
  await server.start();
  await ann.expectDelivery('message 12', 'read');
  await hasExactly(ben, texts);
  await hasExactly(ann, texts);
  same(await ann.composer.inputValue(), 'half a sen', 'the line while the server came back');
  await ann.composer.press('End');
  await ann.composer.pressSequentially('tence');
  await ann.composer.press('Enter');
  await hasExactly(ben, [...texts, 'half a sentence']);
  await Promise.all([ann.page.reload(), ben.page.reload()]);
  await hasExactly(ben, [...texts, 'half a sentence']);
  await hasExactly(ann, [...texts, 'half a sentence']);
});

/** Runs in the page: the engine is in it, and chance has each pause last for an hour and more. */
function nextTryInAnHour(): void {
  Object.defineProperty(window, 'SharedWorker', { value: undefined });
  Math.random = () => 3_600;
}

/** Runs in the page. */
async function draftKept(text: string): Promise<boolean> {
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const asked = indexedDB.open(name!);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error!);
    });
    const stores = [...db.objectStoreNames];
    const kept = await Promise.all(stores.map((store) => new Promise((resolve) => {
      const all = db.transaction(store).objectStore(store).getAll();
      all.onsuccess = () => resolve(all.result);
    })));
    db.close();
    if (JSON.stringify(kept).includes(text)) return true;
  }
  return false;
}
