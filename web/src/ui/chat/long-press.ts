const press_ms = 450;
const slip_px = 10;
/** The click of a lifted finger comes within this time; a later one is meant. */
const lifted_ms = 300;

/** A finger that rests on a message or a row opens its menu; one that moves scrolls. Lifting it afterwards is no click on what lies under
    it, and where the browser has a menu of its own for that (`contextmenu`, which iPhones have not) ours does not come twice. */
export function press(element: HTMLElement, open: (at: { x: number; y: number }) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  let opened = false;
  const stop = (): void => clearTimeout(timer);
  element.addEventListener('pointerdown', (event) => {
    opened = false;
    const inner = (event.target as HTMLElement).closest('button, a');
    if (event.pointerType !== 'touch' || (inner && inner !== element)) return stop();
    from = { x: event.clientX, y: event.clientY };
    stop();
    timer = setTimeout(() => {
      opened = true;
      open(from);
    }, press_ms);
  });
  element.addEventListener('pointermove', (event) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > slip_px) stop();
  });
  for (const type of ['click', 'contextmenu']) {
    element.addEventListener(type, (event) => {
      if (!opened) return;
      event.preventDefault();
      event.stopPropagation();
    }, true);
  }
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
    element.addEventListener(end, () => {
      stop();
      setTimeout(() => (opened = false), lifted_ms);
    });
  }
}
