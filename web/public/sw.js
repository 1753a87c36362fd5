// The service worker: the shell opens without a line, and a pressed notification finds its conversation.
// Names under /assets/ carry a hash of their content, so what is kept of them is right for ever; the page itself is asked
// for first, and taken from what is kept where nobody answers in time. A version is kept whole: what is there of it works offline.
const CACHE = 'rookery-shell-1';
const ANSWER_MS = 3000;

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

async function keepShell() {
  const page = await fetch('/', { cache: 'no-cache' });
  if (!page.ok) throw new Error(`the page answers ${page.status}`);
  await keep(page);
}

/** The page, and all that it is made of though much of it is loaded later: /shell.json has the list. What belonged to the version
    before stays, since tabs that are open may still ask for it; what is older goes. */
async function keep(page) {
  const cache = await caches.open(CACHE);
  const html = await page.clone().text();
  const list = await fetch('/shell.json', { cache: 'no-cache' });
  const shell = list.ok ? await list.clone().json() : [];
  const before = (await (await cache.match('/shell.json'))?.json()) ?? [];
  const parts = [...new Set([...shell, ...[...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((m) => m[1])])];
  await Promise.all(parts.map((path) => cache.match(path).then((known) => known ?? cache.add(path).catch(() => undefined))));
  await cache.put('/', page);
  if (shell.join() === before.join()) return;
  await cache.put('/shell.json', list);
  const wanted = new Set([...parts, ...before]);
  const assets = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith('/assets/'));
  await Promise.all(assets.filter(({ url }) => !wanted.has(new URL(url).pathname)).map((request) => cache.delete(request)));
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && url.pathname === '/') event.respondWith(page(event));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
});

async function page(event) {
  const fresh = fetch(event.request).then(async (answer) => {
    if (answer.ok) event.waitUntil(keep(answer.clone()).catch(() => undefined));
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  const first = await Promise.race([fresh.catch(() => undefined), late]);
  return first ?? (await caches.match('/')) ?? fresh;
}

async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { conversation } = event.notification.data ?? {};
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (!pages.length) return self.clients.openWindow(`/#/chat/${encodeURIComponent(conversation ?? '')}`);
    await pages[0].focus();
    pages[0].postMessage({ open: conversation });
  })());
});
