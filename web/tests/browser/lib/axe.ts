// What axe finds on a screen, in both themes.
import axe from 'axe-core';
import type { Person } from './person';

/** Another theme has other colours, and all else is the same. */
const shown: Record<'light' | 'dark', axe.RunOptions> = { light: {}, dark: { runOnly: ['color-contrast'] } };

/** Throws with every violation, of whatever weight. */
export async function inspect(person: Person, screen: string): Promise<void> {
  const { page } = person;
  const found: string[] = [];
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined))));
    const { violations } = await page.evaluate((options) => (window as unknown as { axe: typeof axe }).axe.run(document, options), { ...shown[colorScheme], resultTypes: ['violations' as const] });
    for (const { id, help, nodes } of violations) {
      const places = nodes.slice(0, 5).map((node) => `\n    ${node.target.join(' ')}: ${node.html.slice(0, 160)}${id === 'color-contrast' ? ` ${node.any[0]?.message}` : ''}`);
      found.push(`${screen}, ${colorScheme}: ${id} (${help})${places.join('')}`);
    }
  }
  if (found.length) throw new Error(`axe finds:\n${found.join('\n')}`);
}
