// node src/mock/screens.mjs [scene ...]: the pictures of docs/screens/, each screen in both themes: light and Chinese, dark and English;
// on a wide window, and on a phone those of `phone`. WebP, so that all of them together stay small.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { launch, open, pretend, sceneNames, serveMocked, windows } from './browser.mjs';

const directory = fileURLToPath(new URL('../../../docs/screens/', import.meta.url));
const forms = [{ theme: 'light', lang: 'zh-CN' }, { theme: 'dark', lang: 'en' }];
/** What is laid out in another way on a phone. */
const phone = ['sign-in', 'conversations', 'contacts', 'chat', 'message-menu', 'emoji', 'profile', 'settings', 'settings-privacy'];
/** Nothing to be seen in them that other pictures do not show. */
const without = ['chat-100000', 'chat-hostile', 'contacts-many', 'react', 'settings', 'chat-typing', 'no-requests', 'profile-stranger', 'block', 'sign-invited-name'];
const quality = (scene) => (scene === 'chat' ? 85 : 58);

const only = process.argv.slice(2);
const scenes = (await sceneNames()).filter((name) => (only.length ? only.includes(name) : phone.includes(name) || !without.includes(name)));
await mkdir(directory, { recursive: true });
if (!only.length) for (const old of await readdir(directory)) if (old.endsWith('.webp')) await rm(join(directory, old));
const served = await serveMocked();
const browser = await launch();
let failed = 0;
try {
  for (const { theme, lang } of forms)
    for (const size of ['wide', 'phone']) {
      const context = await browser.newContext({ viewport: windows[size], locale: lang, hasTouch: size === 'phone', timezoneId: 'Asia/Shanghai' });
      const base = await pretend(context, served);
      for (const scene of scenes.filter((name) => (size === 'wide' ? !without.includes(name) : phone.includes(name)))) {
        const page = await context.newPage();
        try {
          await open(page, base, { scene, lang, theme });
          const cdp = await context.newCDPSession(page);
          const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: quality(scene) });
          await writeFile(join(directory, `${scene}-${size}-${theme}.webp`), Buffer.from(data, 'base64'));
        } catch (error) {
          failed++;
          console.error(`${scene}, ${size}, ${theme}: ${String(error).split('\n')[0]}`);
        }
        await page.close();
      }
      await context.close();
    }
} finally {
  await browser.close();
  await served.close();
}
process.exit(failed ? 1 : 0);
