// Keeps the line up: connects, and connects again with growing pauses, until the server says that it makes no sense.
import type { Line as LineState, LineTrouble, SignOutReason, Time } from '../../model/types';
import { backoff } from '../xmpp/backoff';
import type { Link } from '../xmpp/link';
import { login, LoginRefused, type LoggedIn, type LoginRequest } from '../xmpp/login';
import type { OpenSocket } from '../xmpp/socket';
import { StreamEnded, type EndReason } from '../xmpp/stream';

export interface LineHost {
  open: OpenSocket;
  link: Link;
  request(): LoginRequest;
  state(line: LineState): void;
  /** A stream has logged in: called before anything of it is handled. */
  loggedIn(login: LoggedIn): void;
  /** The server wants us no more. */
  over(reason: SignOutReason): void;
  now(): Time;
  random(): number;
}

export class Line {
  private stopped = true;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private connecting = false;
  private network = true;
  /** While it waits for the next try. */
  private retryAt: Time | null = null;

  constructor(private readonly host: LineHost) {}

  /** With a stream that has logged in already, or none. */
  start(first?: LoggedIn): void {
    this.stopped = false;
    this.attempt = 0;
    if (first) this.adopt(first);
    else void this.connect();
  }
  stop(): void {
    this.stopped = true;
    this.retryAt = null;
    clearTimeout(this.timer);
    this.host.link.close();
  }
  get running(): boolean {
    return !this.stopped;
  }

  reconnectNow(): void {
    if (this.stopped || this.connecting || this.host.link.up) return;
    clearTimeout(this.timer);
    this.attempt = 0;
    void this.connect();
  }
  /** The computer woke up, or says something of its network. */
  woke(): void {
    if (this.host.link.up) this.host.link.check();
    else this.reconnectNow();
  }
  networkChanged(there: boolean): void {
    this.network = there;
    if (there) {
      // A try that began without a network fails yet: the next one does not wait for long.
      this.attempt = 0;
      this.woke();
    } else if (this.host.link.up) this.host.link.check();
    else if (this.retryAt !== null) this.host.state({ state: 'waiting', retryAt: this.retryAt, why: 'no-network' });
  }

  /** Logs in anew although the line is up, in the same session. The old stream goes first: what it brought after the new one
      had said how much was handled would be counted twice. */
  async renew(request: () => Promise<LoginRequest>): Promise<void> {
    clearTimeout(this.timer);
    this.host.link.leave();
    await this.logIn(request);
  }

  /** The link's stream is gone. */
  down(reason: EndReason): void {
    if (this.stopped) return;
    const end = endOf(reason);
    if (end) return this.finish(end);
    this.pause(troubleOf(reason));
  }

  private async connect(): Promise<void> {
    this.host.state({ state: 'connecting', since: this.host.now(), attempt: this.attempt });
    await this.logIn(() => this.host.request());
  }
  private async logIn(request: () => LoginRequest | Promise<LoginRequest>): Promise<void> {
    this.connecting = true;
    this.retryAt = null;
    try {
      const done = await login(this.host.open, await request());
      this.connecting = false;
      if (this.stopped) done.stream.close();
      else this.adopt(done);
    } catch (error) {
      this.connecting = false;
      if (!this.stopped) this.failed(error);
    }
  }
  private adopt(done: LoggedIn): void {
    this.attempt = 0;
    this.host.loggedIn(done);
  }
  private failed(error: unknown): void {
    if (error instanceof LoginRefused) {
      const reason = refusalOf(error);
      return reason ? this.finish(reason) : this.pause(error.condition === 'temporary-auth-failure' ? 'throttled' : 'server-error');
    }
    const reason: EndReason = error instanceof StreamEnded ? error.reason : { kind: 'unreachable' };
    const end = endOf(reason);
    if (end) this.finish(end);
    else this.pause(troubleOf(reason));
  }
  private pause(why: LineTrouble): void {
    const ms = backoff(this.attempt++, this.host.random);
    this.retryAt = this.host.now() + ms;
    this.host.state({ state: 'waiting', retryAt: this.retryAt, why: this.network ? why : 'no-network' });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), ms);
  }
  private finish(reason: SignOutReason): void {
    this.stop();
    this.host.over(reason);
  }
}

function refusalOf({ condition }: LoginRefused): SignOutReason | null {
  switch (condition) {
    case 'account-disabled':
      return 'account-disabled';
    case 'credentials-expired':
      return 'token-expired';
    case 'not-authorized':
    case 'invalid-mechanism':
      return 'bad-credentials';
    default:
      return null;
  }
}
function endOf(reason: EndReason): SignOutReason | null {
  if (reason.kind !== 'stream-error') return null;
  if (reason.condition === 'conflict') return 'opened-elsewhere';
  if (reason.condition === 'not-authorized') return 'signed-out-elsewhere';
  return null;
}
function troubleOf(reason: EndReason): LineTrouble {
  switch (reason.kind) {
    case 'silent':
      return 'timeout';
    case 'broken':
      return 'server-error';
    case 'stream-error':
      return reason.condition === 'system-shutdown' ? 'server-stopping'
        : ['policy-violation', 'resource-constraint'].includes(reason.condition) ? 'throttled' : 'server-error';
    default:
      return 'unreachable';
  }
}
