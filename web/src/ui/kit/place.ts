const margin_px = 8;

/** Puts a menu below what it hangs on, or above where there is no room, and always inside of the window. */
export function placeMenu(menu: HTMLElement, at: HTMLElement | { x: number; y: number }): void {
  const anchor = at instanceof HTMLElement ? at.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0);
  const { left, top } = place(anchor, { width: menu.offsetWidth, height: menu.offsetHeight }, { width: innerWidth, height: innerHeight });
  menu.style.setProperty('left', `${left}px`);
  menu.style.setProperty('top', `${top}px`);
}

export function place(
  anchor: { left: number; right: number; top: number; bottom: number },
  menu: { width: number; height: number },
  room: { width: number; height: number },
): { left: number; top: number } {
  let top = anchor.bottom + 4;
  if (top + menu.height > room.height - margin_px) top = anchor.top - menu.height - 4;
  top = Math.max(margin_px, Math.min(top, room.height - menu.height - margin_px));
  let left = anchor.left;
  if (left + menu.width > room.width - margin_px) left = anchor.right - menu.width;
  left = Math.max(margin_px, Math.min(left, room.width - menu.width - margin_px));
  return { left, top };
}
