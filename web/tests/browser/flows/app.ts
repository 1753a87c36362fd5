// The page as an app: it opens without its server, takes new versions, and can be installed.
import { check, same } from '../lib/check';
import { flow } from '../lib/runner';

const unreachable = /net::ERR_|WebSocket connection to|Failed to fetch/;

flow('app: opens after a single visit though the server is away, says so, and goes on when it is back', async (world) => {
  const server = await world.ownServer();
  const ann = await world.member('ann', { serviceWorker: true });
  ann.watch.forgive(unreachable);
  await ann.page.evaluate(() => navigator.serviceWorker.ready);
  await server.stop();
  await ann.page.close();
  // What the browser has kept by itself it may let go of at any time.
  const cdp = await ann.context.newCDPSession(await ann.context.newPage());
  await cdp.send('Network.clearBrowserCache');
  ann.page = await ann.openPage();
  await ann.button('settings.title').waitFor();
  await ann.page.getByRole('status').getByText(ann.t('line.unreachable')).waitFor();
  await server.start();
  await ann.online();
  same(await ann.page.evaluate(() => document.title), 'Rookery', 'the title');
});

flow('app: the sign-in page opens though the server is away', async (world) => {
  const server = await world.ownServer();
  const ann = await world.visitor('ann', { serviceWorker: true });
  ann.watch.forgive(unreachable);
  await ann.page.evaluate(() => navigator.serviceWorker.ready);
  await server.stop();
  await ann.page.reload();
  await ann.atSignIn();
  await ann.typeIn();
  await ann.page.getByRole('alert').getByText(ann.t('failure.unreachable')).waitFor();
});

flow('app: a new version is there with the next visit, the one before stays for tabs that are open, older ones go', async (world) => {
  const front = await world.front();
  const ann = await world.visitor('ann', { base: front.base, serviceWorker: true });
  await ann.signUp();
  await ann.page.evaluate(() => navigator.serviceWorker.ready);
  await ann.page.reload();
  await ann.online();
  const version = (): Promise<string | null | undefined> => ann.page.evaluate(() => document.querySelector('meta[name=version]')?.getAttribute('content'));
  const kept = (): Promise<string[]> => ann.page.evaluate(async () => {
    const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map(({ url }) => new URL(url).pathname).filter((path) => path.startsWith('/assets/'));
  });
  const first = (await kept()).find((path) => /\/index-.*\.css$/.test(path));
  check(first, 'the style of the page is not kept');
  // The same style under another name is another version.
  const names = [first, first.replace('/index-', '/second-'), first.replace('/index-', '/third-')];
  const update = (to: 1 | 2): void => {
    front.also.set(names[to]!, first);
    front.changes.set('/', (html) => html.replace('<head>', `<head><meta name="version" content="${to}">`).replace(first, names[to]!));
    front.changes.set('/shell.json', (list) => list.replace(first, names[to]!));
    front.changes.set('/sw.js', (script) => `${script}\n// version ${to}`);
  };
  for (const to of [1, 2] as const) {
    update(to);
    await ann.page.reload();
    await ann.online();
    same(await version(), String(to), 'the version after a reload');
    await ann.until('the new version and the one before being kept', async () => {
      const now = await kept();
      return names.every((name, i) => now.includes(name) === (i === to || i === to - 1));
    });
  }
  front.close();
  ann.watch.forgive(unreachable);
  await ann.page.reload();
  await ann.button('settings.title').waitFor();
  same(await version(), '2', 'the version without a server');
});

flow('app: can be installed', async (world) => {
  const { person: ann } = await world.atDesktop('ann', { serviceWorker: true });
  await ann.page.evaluate(() => navigator.serviceWorker.ready);
  const cdp = await ann.context.newCDPSession(ann.page);
  const { url, errors, data } = await cdp.send('Page.getAppManifest');
  check(url.endsWith('/manifest.webmanifest') && data, `no manifest: ${url}`);
  same(errors, [], 'what the browser says of the manifest');
  same((await cdp.send('Page.getInstallabilityErrors')).installabilityErrors, [], 'what keeps it from being installed');
});
