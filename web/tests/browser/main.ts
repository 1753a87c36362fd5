// All flows, or those named: one browser and one server for them, some side by side.
import { chosen, report, runFlow, type Flow } from './lib/runner';
import { House } from './lib/house';

import.meta.glob('./flows/*.ts', { eager: true });

/** Two keep two processors busy: while one page waits for the server, another one draws. */
const side_by_side = Number(process.env.FLOWS_SIDE_BY_SIDE ?? 3);

/** `place` puts the lines of the sources into an error. */
export async function main(words: string[], place: (error: Error) => void): Promise<boolean> {
  const house = await new House().open();
  const flows = chosen(words);
  const queue = [...flows];
  const work = async (): Promise<void> => {
    for (let flow: Flow | undefined; (flow = queue.shift()); ) await runFlow(flow, house, place);
  };
  try {
    await Promise.all(Array.from({ length: side_by_side }, work));
  } finally {
    await house.close();
  }
  return report(flows);
}
