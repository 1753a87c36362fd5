// What all flows share: one browser, and one server that none of them stops.
import { chromium, type Browser } from 'playwright-core';
import { Server } from '../../engine/server';

export class House {
  browser!: Browser;
  readonly server = new Server();

  async open(): Promise<this> {
    [this.browser] = await Promise.all([
      chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
        args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      }),
      this.server.start(),
    ]);
    return this;
  }
  async close(): Promise<void> {
    await this.browser?.close();
    await this.server.remove();
  }
}
