// A line between browsers and the server that can be cut and mended: every byte passes, or none does and nobody can connect.
import { createConnection, createServer, type Server, type Socket } from 'node:net';

export class Line {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private whole = true;
  private held: (() => void)[] | null = null;
  port = 0;

  constructor(private readonly to: number) {
    this.server = createServer((near) => {
      if (!this.whole) return void near.destroy();
      const far = createConnection(this.to, '127.0.0.1');
      for (const [one, other] of [[near, far], [far, near]] as const) {
        this.sockets.add(one);
        one.on('error', () => undefined);
        one.on('close', () => (this.sockets.delete(one), other.destroy()));
        one.on('data', (data) => {
          if (!this.held) other.write(data);
          else this.held.push(() => other.write(data));
        });
      }
    });
  }
  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, 'localhost', resolve));
    this.port = (this.server.address() as { port: number }).port;
    return this;
  }
  get base(): string {
    return `http://localhost:${this.port}/`;
  }
  cut(): void {
    this.whole = false;
    for (const socket of this.sockets) socket.destroy();
  }
  mend(): void {
    this.whole = true;
  }
  /** Nothing gets through for a while, but no connection breaks, and nothing is lost. */
  hold(): void {
    this.held ??= [];
  }
  /** Whether anyone has said anything meanwhile. */
  get holds(): boolean {
    return !!this.held?.length;
  }
  release(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const pass of held) pass();
  }
  close(): void {
    this.cut();
    this.server.close();
  }
}
