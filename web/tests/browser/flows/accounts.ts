// Coming in: a new account, an old one, a wrong password, and coming back.
import { check, same } from '../lib/check';
import { password } from '../lib/person';
import { flow } from '../lib/runner';

flow('account: sign up', async (world) => {
  const ann = await world.visitor('ann');
  await ann.atSignIn();
  await ann.signUp();
  await ann.says('conversations.emptyTitle');
});

flow('account: a name that is taken is refused', async (world) => {
  const taken = await world.account('taken');
  const ann = await world.visitor('taken');
  await ann.button('sign.create').click();
  await ann.field('sign.newName').fill(taken.address);
  await ann.secret('sign.newPassword').fill(password);
  await ann.button('sign.createNow').click();
  await ann.page.getByRole('alert').getByText(ann.t('failure.name-taken')).waitFor();
});

flow('account: sign in again in another browser', async (world) => {
  const ann = await world.member('ann');
  const again = await world.device(ann);
  await again.says('conversations.emptyTitle');
  await ann.online();
});

flow('account: a wrong password is refused, then the right one is taken', async (world) => {
  const account = await world.account('ann');
  const ann = await world.visitor('ann');
  await ann.typeIn(account.address, 'not my password');
  await ann.page.getByRole('alert').getByText(ann.t('failure.bad-credentials')).waitFor();
  await ann.signIn();
});

flow('account: signing in by a number, everything shows the address', async (world) => {
  await world.befriended('ann', 'ben');
  const [ann, ben] = [await world.visitor('ann'), await world.visitor('ben')];
  await ben.signIn();
  const number = world.unique('1000');
  await world.server.command('user', 'alias', 'add', ann.address, number);
  await ann.page.getByText(ann.t('sign.addressHelp')).waitFor();
  await ann.typeIn(number);
  await ann.online();
  await ann.page.locator('.self').getByText(ann.name, { exact: true }).waitFor();
  await ann.openChat(ben);
  await ann.say('by my number');
  await ben.openChat(ann);
  await ben.expectMessage('by my number');
  // Coming back is by the token that is kept under the address.
  await ann.page.reload();
  await ann.online();
  await ann.expectMessage('by my number');
  const kept = await ann.page.evaluate(readEverythingKept);
  check(kept.includes(ann.address), 'nothing of the account is kept in the browser: this looked in the wrong place');
  check(!kept.includes(`${number}@`), 'the number is kept in the browser');
});

flow('account: a reload needs no password, and none is kept in the browser', async (world) => {
  const ann = await world.member('ann');
  await ann.page.reload();
  await ann.online();
  const kept = await ann.page.evaluate(readEverythingKept);
  check(kept.includes(ann.address), 'nothing of the account is kept in the browser: this looked in the wrong place');
  check(!kept.includes(password), 'the password is kept in the browser');
  await ann.signOut();
  same((await ann.page.evaluate(readEverythingKept)).includes(ann.address), false, 'the account is kept after signing out');
  same(await ann.page.evaluate(() => location.hash), '#/', 'where one was is kept for the next who signs in here');
  await ann.page.reload();
  await ann.atSignIn();
});

/** Runs in the page: local and session storage, every database, and the caches of the service worker. */
async function readEverythingKept(): Promise<string> {
  const parts: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const asked = indexedDB.open(name!);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error!);
    });
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      parts.push(store, await new Promise((resolve) => (all.onsuccess = () => resolve(all.result))));
    }
    db.close();
  }
  return JSON.stringify(parts);
}
