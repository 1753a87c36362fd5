/** Arrows go through a grid of buttons as it is laid out. */
export function gridKeys(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = all.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const columns = Math.max(1, all.findIndex((one) => one.offsetTop > all[0]!.offsetTop));
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: all.length - 1 - at };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  all[at + step]?.focus();
}
