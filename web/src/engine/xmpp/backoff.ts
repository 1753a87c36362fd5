// When to try again: full jitter below a ceiling that doubles, so that a server that comes back is not met by everybody at once.
const FIRST_MS = 1_000;
const CEILING_MS = 60_000;

export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(CEILING_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  // The very first try after a line that was good comes quickly; never sooner than a quarter of the ceiling after that.
  return attempt === 0 ? Math.round(random() * FIRST_MS) : Math.round(ceiling / 4 + random() * ceiling * 0.75);
}
