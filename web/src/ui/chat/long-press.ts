const press_ms = 450;
const slip_px = 10;

/** A finger that rests on a message opens its menu; one that moves scrolls. */
export function press(element: HTMLElement, open: (at: { x: number; y: number }) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  const stop = (): void => clearTimeout(timer);
  element.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch' || (event.target as HTMLElement).closest('button, a')) return;
    from = { x: event.clientX, y: event.clientY };
    stop();
    timer = setTimeout(() => open(from), press_ms);
  });
  element.addEventListener('pointermove', (event) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > slip_px) stop();
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) element.addEventListener(end, stop);
}
