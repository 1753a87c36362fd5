// node src/mock/shots.mjs DIRECTORY [scene ...]: pictures of the screens, both themes, both languages, wide and phone.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, open, pretend, sceneNames, serveMocked, windows } from './browser.mjs';

const [directory, ...only] = process.argv.slice(2);
if (!directory) throw new Error('usage: shots.mjs DIRECTORY [scene ...]; FORMS=wide-light-en,phone-dark-zh-CN chooses the forms');
const all = ['wide', 'phone'].flatMap((size) => ['light', 'dark'].flatMap((theme) => ['en', 'zh-CN'].map((lang) => `${size}-${theme}-${lang}`)));
const forms = process.env.FORMS?.split(',') ?? all;
await mkdir(directory, { recursive: true });
const served = await serveMocked();
const browser = await launch();
try {
  for (const form of forms) {
    const [size, theme, ...rest] = form.split('-');
    const lang = rest.join('-');
    const context = await browser.newContext({ viewport: windows[size], locale: lang, hasTouch: size === 'phone', timezoneId: 'Asia/Shanghai', deviceScaleFactor: 1 });
    const base = await pretend(context, served);
    for (const scene of only.length ? only : await sceneNames()) {
      const page = await context.newPage();
      try {
        await open(page, base, { scene, lang, theme });
        await page.screenshot({ path: join(directory, `${scene}-${form}.png`) });
      } catch (error) {
        console.log(`${scene} ${form}: ${String(error).split('\n')[0]}`);
        await page.screenshot({ path: join(directory, `${scene}-${form}.png`) });
      }
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await served.close();
}
