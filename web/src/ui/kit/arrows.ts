/** Up, down, Home and End move the focus between the entries of a list, of which only those near what is seen need to be there.
    For onKeyDown of the list, which is what scrolls. */
export function arrowKeys(event: KeyboardEvent & { currentTarget: HTMLElement }, entries: string): void {
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  const target = event.target as HTMLElement;
  if (!target.closest(entries) || target.matches('input, textarea')) return;
  const all = byHeight(event.currentTarget, entries);
  const at = all.indexOf(target.closest<HTMLElement>(entries)!);
  event.preventDefault();
  if (event.key === 'Home' || event.key === 'End') return toEdge(event.currentTarget, entries, event.key === 'End');
  const next = all[at + (event.key === 'ArrowDown' ? 1 : -1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

const frames_max = 30;

/** Scrolls to the edge until the first or last entry is there (heights are known when rows are drawn), then gives it the focus. */
function toEdge(list: HTMLElement, entries: string, end: boolean, frames = 0): void {
  list.scrollTop = end ? list.scrollHeight : 0;
  requestAnimationFrame(() => {
    const all = byHeight(list, entries);
    const edge = end ? all.at(-1) : all[0];
    const there = end ? list.scrollTop + list.clientHeight >= list.scrollHeight - 1 : list.scrollTop === 0;
    if (edge && there && isIn(edge, list)) edge.focus({ preventScroll: true });
    // A row that has not been measured yet is hidden, and takes no focus.
    if (document.activeElement !== edge && frames < frames_max) toEdge(list, entries, end, frames + 1);
  });
}

function isIn(one: HTMLElement, list: HTMLElement): boolean {
  const [inner, outer] = [one.getBoundingClientRect(), list.getBoundingClientRect()];
  return inner.bottom > outer.top && inner.top < outer.bottom;
}

function byHeight(list: HTMLElement, entries: string): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(entries)].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
}
