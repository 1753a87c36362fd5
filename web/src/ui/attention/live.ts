let region: HTMLElement | undefined;

/** Has a screen reader say it when it is done with what it is saying. */
export function announce(text: string): void {
  if (!region?.isConnected) {
    region = document.createElement('div');
    region.className = 'sr-only';
    region.setAttribute('role', 'log');
    region.setAttribute('aria-live', 'polite');
    region.setAttribute('aria-relevant', 'additions');
    document.body.append(region);
  }
  const line = document.createElement('p');
  line.textContent = text.slice(0, 300);
  region.append(line);
  while (region.childElementCount > 5) region.firstElementChild!.remove();
}
