/** Up, down, Home and End move the focus between the entries of a list. For onKeyDown of the list. */
export function arrowKeys(event: KeyboardEvent & { currentTarget: HTMLElement }, entries: string): void {
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  const target = event.target as HTMLElement;
  if (!target.closest(entries) || target.matches('input, textarea')) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(entries)].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  const at = all.indexOf(target.closest<HTMLElement>(entries)!);
  const next = event.key === 'Home' ? all[0] : event.key === 'End' ? all.at(-1) : all[at + (event.key === 'ArrowDown' ? 1 : -1)];
  event.preventDefault();
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
