// What a flow is, and how one is run: people of its own, and whatever went wrong on their pages is its failure.
import { House } from './house';
import { World } from './world';

export interface Flow {
  name: string;
  run: (world: World) => Promise<void>;
  seconds?: number;
  trouble?: string;
}
const flow_ms_max = 150_000;
const all: Flow[] = [];

export function flow(name: string, run: Flow['run']): void {
  all.push({ name, run });
}

/** Those whose names contain one of the words; without words all. */
export function chosen(words: string[]): Flow[] {
  const found = words.length ? all.filter(({ name }) => words.some((word) => name.includes(word))) : all;
  if (!found.length) throw new Error(`No flow's name contains ${words.join(' or ')}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  return found;
}

export async function runFlow(one: Flow, house: House, place: (error: Error) => void): Promise<void> {
  const begun = Date.now();
  const world = new World(house, one.name);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${flow_ms_max / 1000} s`)), flow_ms_max);
  });
  try {
    await Promise.race([one.run(world), late]);
    world.assertClean();
  } catch (error) {
    if (error instanceof Error) place(error);
    one.trouble = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await world.keepEvidence(one.trouble);
  } finally {
    clearTimeout(timer);
    await world.end();
  }
  one.seconds = (Date.now() - begun) / 1000;
  console.log(`  ${one.trouble ? 'FAIL' : 'ok  '}  ${one.name} (${one.seconds.toFixed(1)} s)`);
  for (const note of world.notes) console.log(`        ${note}`);
  if (one.trouble) console.log(one.trouble.replace(/^/gm, '        '));
}

export function report(flows: Flow[]): boolean {
  const failed = flows.filter(({ trouble }) => trouble);
  if (failed.length) console.log(`Screenshots and consoles of what failed: ${process.env.FLOW_LOGS}`);
  console.log(`${flows.length - failed.length} passed, ${failed.length} failed`);
  return !failed.length;
}
