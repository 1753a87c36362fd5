// A server of its own for a measurement, on free ports, in a temporary directory; and the accounts and contacts it needs.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = process.env.ROOKERY ?? fileURLToPath(new URL('../../build/src/app/rookery', import.meta.url));
const START_MS = 20_000;
const names = ['c2s', 'c2s_tls', 'http', 'https'];

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Server {
  static async start() {
    const server = new Server();
    server.directory = mkdtempSync(join(tmpdir(), 'rookery-web-bench-'));
    server.ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()])));
    const settings = [
      'domains = ["localhost"]',
      ...names.map((name) => `listen.${name} = ["127.0.0.1:${server.ports[name]}"]`),
      'auth.plain_on_loopback = true', 'store.durability = "process"', 'modules.registration.open = true',
      'limits.rate_kilobytes = 1048576', 'limits.burst_kilobytes = 1048576',
    ];
    writeFileSync(join(server.directory, 'rookery.toml'), settings.join('\n') + '\n');
    const log = openSync(join(server.directory, 'log'), 'a');
    server.process = spawn(program, ['serve', '--config', 'rookery.toml', '--data', 'data'], { cwd: server.directory, stdio: ['ignore', log, log] });
    const end = Date.now() + START_MS;
    while (!(await answers(server.ports.http))) {
      if (server.process.exitCode !== null || Date.now() > end) throw new Error(`the server does not start:\n${server.log()}`);
      await wait(20);
    }
    return server;
  }

  log() {
    return readFileSync(join(this.directory, 'log'), 'utf8').split('\n').slice(-20).join('\n');
  }

  get page() {
    return `http://localhost:${this.ports.http}/`;
  }

  addUser(name, password) {
    const done = spawnSync(program, ['user', 'add', `${name}@localhost`, '--password-stdin', '--data', 'data'], { cwd: this.directory, input: `${password}\n`, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`rookery user add ${name}@localhost: ${done.stdout}${done.stderr}`);
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
