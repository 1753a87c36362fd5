/** Does what a scene's list says, each step as soon as what it needs is on the page. */
export async function pressAll(steps: string[]): Promise<void> {
  for (const step of steps) {
    const [, kind, rest] = /^(menu:|type:|wait:)?(.*)$/s.exec(step)!;
    if (kind === 'type:') {
      const input = document.activeElement as HTMLInputElement;
      input.value = rest!;
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      continue;
    }
    const element = await found(rest!);
    const target = (element.closest('button, summary, [data-message]') ?? element) as HTMLElement;
    if (kind === 'wait:') continue;
    if (kind === 'menu:') {
      const box = target.getBoundingClientRect();
      target.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: box.left + box.width / 2, clientY: Math.max(box.top, 0) + 20 }));
    } else {
      target.focus();
      target.click();
    }
  }
}

function found(selector: string): Promise<Element> {
  return new Promise((resolve, reject) => {
    const end = performance.now() + 5_000;
    const look = (): void => {
      const element = document.querySelector(selector);
      if (element) resolve(element);
      else if (performance.now() > end) reject(new Error(`nothing on the page is ${selector}`));
      else requestAnimationFrame(look);
    };
    look();
  });
}
