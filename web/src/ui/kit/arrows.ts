/** Up, down, Home and End move the focus between the entries of a list, of which only those near what is seen need to be there.
    For onKeyDown of the list, which is what scrolls, and which has a tabindex. */
export function arrowKeys(event: KeyboardEvent & { currentTarget: HTMLElement }, entries: string): void {
  if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  const [list, target] = [event.currentTarget, event.target as HTMLElement];
  const entry = target.closest<HTMLElement>(entries);
  if ((!entry && target !== list) || target.matches('input, textarea')) return;
  event.preventDefault();
  if (event.key === 'Home' || event.key === 'End') return toEdge(list, entries, event.key === 'End');
  toNext(list, entries, entry, event.key === 'ArrowDown');
}

// A row that has not been measured yet is hidden, and takes no focus: it is tried again for so many frames.
const frames_max = 30;

/** Where no entry has the focus but the list itself: to the first or last that is seen. */
function toNext(list: HTMLElement, entries: string, from: HTMLElement | null, down: boolean, frames = 0): void {
  const all = byHeight(list, entries);
  const seen = all.filter((one) => isIn(one, list));
  const next = from ? all[all.indexOf(from) + (down ? 1 : -1)] : seen.at(down ? 0 : -1);
  next?.focus();
  if (next && document.activeElement === next) return next.scrollIntoView({ block: 'nearest' });
  const waits = from ? from.contains(document.activeElement) : document.activeElement === list;
  if (waits && frames < frames_max) requestAnimationFrame(() => toNext(list, entries, from, down, frames + 1));
}

/** Scrolls to the edge until the first or last entry is there (heights are known when rows are drawn), then gives it the focus. The list
    has it meanwhile: the entry that had it may go, and keys would go with it. */
function toEdge(list: HTMLElement, entries: string, end: boolean, frames = 0): void {
  if (frames === 0) list.focus({ preventScroll: true });
  list.scrollTop = end ? list.scrollHeight : 0;
  requestAnimationFrame(() => {
    if (document.activeElement !== list) return; // the next key has moved it
    const all = byHeight(list, entries);
    const edge = end ? all.at(-1) : all[0];
    const there = end ? list.scrollTop + list.clientHeight >= list.scrollHeight - 1 : list.scrollTop === 0;
    if (edge && there && isIn(edge, list)) edge.focus({ preventScroll: true });
    if (document.activeElement === list && frames < frames_max) toEdge(list, entries, end, frames + 1);
  });
}

function isIn(one: HTMLElement, list: HTMLElement): boolean {
  const [inner, outer] = [one.getBoundingClientRect(), list.getBoundingClientRect()];
  return inner.bottom > outer.top && inner.top < outer.bottom;
}

function byHeight(list: HTMLElement, entries: string): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(entries)].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
}
