// A desktop with notifications, and the whole Chromium on it: the one without a screen has none. A bus of its own, so that
// nothing of the desktop of whoever runs the tests is asked or seen.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

const wait_ms = 45_000;

export interface Shown {
  id: number;
  title: string;
  body: string;
}
type Said = { did: 'start' } | { did: 'close'; id: number } | ({ did: 'show' } & Shown);

export class Desktop {
  /** All that were ever shown. */
  readonly shown: Shown[] = [];
  private readonly closed = new Set<number>();
  private readonly profile = mkdtempSync(join(tmpdir(), 'rookery-desktop-'));
  private readonly listeners = new Set<() => void>();
  private started = false;
  private bus!: ChildProcess;
  private notifications!: ChildProcess;
  private context: BrowserContext | undefined;
  private environment: NodeJS.ProcessEnv = {};

  async open(): Promise<this> {
    this.bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const address = await new Promise<string>((resolve, reject) => {
      this.bus.once('error', reject).once('exit', () => reject(new Error('dbus-daemon has ended')));
      createInterface({ input: this.bus.stdout! }).once('line', resolve);
    });
    this.environment = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address };
    const program = fileURLToPath(new URL('notifications.py', import.meta.url));
    this.notifications = spawn('/usr/bin/python3', [program], { env: this.environment, stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.notifications.stdout! }).on('line', (line) => this.hear(JSON.parse(line) as Said));
    await this.until('the desktop', () => this.started);
    return this;
  }
  /** Not one of many in a browser: those in private windows find no way back from a notification. */
  async browser(origin: string, options: BrowserContextOptions): Promise<BrowserContext> {
    this.context = await chromium.launchPersistentContext(this.profile, {
      ...options, executablePath: '/usr/bin/chromium', env: this.environment as Record<string, string>,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    await this.context.grantPermissions(['notifications'], { origin });
    return this.context;
  }

  private hear(said: Said): void {
    if (said.did === 'start') this.started = true;
    if (said.did === 'show') this.shown.push(said);
    if (said.did === 'close') this.closed.add(said.id);
    for (const listener of [...this.listeners]) listener();
  }
  private until(what: string, look: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no sign of ${what}; shown: ${JSON.stringify(this.shown)}`)), wait_ms);
      const listener = (): void => {
        if (!look()) return;
        clearTimeout(timer);
        this.listeners.delete(listener);
        resolve();
      };
      this.listeners.add(listener);
      listener();
    });
  }
  /** The first one with these words. */
  async expect(words: string): Promise<Shown> {
    await this.until(`a notification with "${words}"`, () => this.with(words).length > 0);
    return this.with(words)[0]!;
  }
  expectClosed({ id, body }: Shown): Promise<void> {
    return this.until(`the notification "${body}" being closed`, () => this.closed.has(id));
  }
  with(words: string): Shown[] {
    return this.shown.filter(({ body }) => body.split('\n').includes(words));
  }
  click({ id }: Shown): void {
    this.notifications.stdin!.write(`click ${id}\n`);
  }
  async close(): Promise<void> {
    await this.context?.close().catch(() => undefined);
    this.notifications?.stdin!.end();
    this.bus?.kill();
    rmSync(this.profile, { recursive: true, force: true });
  }
}
