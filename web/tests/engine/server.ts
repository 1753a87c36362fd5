// The built server, as a process of its own: on free ports, in a temporary directory.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const START_MS = 20_000;
/** Of tests/lib/server.py and here alike: the built program. */
export const binary = process.env.ROOKERY ?? new URL('../../../build/src/app/rookery', import.meta.url).pathname;

/** Below those that Linux gives to outgoing connections: one of these could take the port of a server that is down for a moment. */
const PORTS = { from: 11_000, to: 32_000 };

async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

export class Server {
  private process: ChildProcess | null = null;
  private readonly directory = mkdtempSync(join(tmpdir(), 'rookery-web-'));
  port = 0;

  /** `lines`: of the configuration, besides what every test needs, or in its place. */
  constructor(private readonly lines: string[] = []) {}

  get url(): string {
    return `ws://127.0.0.1:${this.port}/xmpp-websocket`;
  }

  async start(): Promise<this> {
    if (!this.port) await this.configure();
    const log = openSync(join(this.directory, 'log'), 'a');
    const child = spawn(binary, ['serve', '--config', join(this.directory, 'rookery.toml'), '--data', join(this.directory, 'data')], {
      cwd: this.directory, stdio: ['ignore', log, log],
    });
    this.process = child;
    const limit = Date.now() + START_MS;
    while (!(await listens(this.port))) {
      if (child.exitCode !== null || Date.now() > limit) throw new Error(`the server does not start:\n${this.log()}`);
    }
    return this;
  }
  private async configure(): Promise<void> {
    const names = ['c2s', 'c2s_tls', 'http', 'https'];
    const ports = await freePorts(names.length);
    this.port = ports[2]!;
    const key = (line: string): string => line.split(' =')[0]!;
    const own = this.lines.map(key);
    const standard = [
      'domains = ["localhost"]',
      ...names.map((name, i) => `listen.${name} = ["127.0.0.1:${ports[i]}"]`),
      'store.durability = "process"',
      'log.level = "debug"',
      'modules.registration.open = true',
    ];
    writeFileSync(join(this.directory, 'rookery.toml'), [...standard.filter((line) => !own.includes(key(line))), ...this.lines].join('\n') + '\n');
  }
  /** A sub-command at this server; what it prints. Throws what it says where it fails. */
  async command(...words: string[]): Promise<string> {
    const all = [...words, '--config', join(this.directory, 'rookery.toml'), '--data', join(this.directory, 'data')];
    return (await promisify(execFile)(binary, all)).stdout;
  }
  log(): string {
    return readFileSync(join(this.directory, 'log'), 'utf8').split('\n').slice(-40).join('\n');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
  kill9(): Promise<void> {
    return this.end('SIGKILL');
  }
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }
  /** All accounts and their history are gone; the server begins again with nothing. */
  async wipe(): Promise<void> {
    await this.kill9();
    rmSync(join(this.directory, 'data'), { recursive: true, force: true });
    await this.start();
  }
  async remove(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}
