// What must not happen on any page: a violation of its policy, an error, a request to anywhere but its own origin.
import type { BrowserContext, Page } from 'playwright-core';

export class Watch {
  readonly trouble: string[] = [];
  readonly console: string[] = [];
  private readonly forgiven: RegExp[] = [];

  constructor(context: BrowserContext, private readonly origin: string) {
    context.on('console', (message) => {
      const line = `${message.type()}: ${message.text()} (${message.location().url}:${message.location().lineNumber})`;
      this.console.push(line);
      if (message.type() === 'error') this.complain(line);
    });
    context.on('weberror', (error) => this.complain(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on('dialog', (dialog) => {
      this.complain(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.origin !== this.origin) this.complain(`a request to ${url.href}`);
    });
  }
  async page(page: Page): Promise<void> {
    page.on('crash', () => this.complain('the page has crashed'));
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)));
  }
  /** What a flow brings about itself: a server that is not there is an error of the network in any browser's console. */
  forgive(...patterns: RegExp[]): void {
    this.forgiven.push(...patterns);
  }
  private complain(line: string): void {
    this.console.push(line);
    if (!this.forgiven.some((pattern) => pattern.test(line))) this.trouble.push(line);
  }
}
