/** The window shakes for a moment. Where one wants less motion, its edge lights up instead (kit.css). */
export function shake(element: HTMLElement | null): void {
  if (!element) return;
  element.classList.remove('shaking');
  void element.offsetWidth;
  element.classList.add('shaking');
  element.addEventListener('animationend', () => element.classList.remove('shaking'), { once: true });
}
