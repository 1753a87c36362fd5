// The engine: who is signed in, which pages look on, and what they ask. One per browser (worker.ts), or per page.
import type { BareJid, Language, SignOutReason } from '../model/types';
import { Account } from './account/account';
import { handlers, removeAccount, setPassword, takeUp } from './commands';
import type { Command, Event, Unanswered } from './contract';
import { CommandFailed, failureOf } from './failure';
import type { SavedSession, Store } from './store/store';
import { fromInput, domain as domainOf, local } from './xmpp/jid';
import { IqError } from './xmpp/errors';
import { Pages, type Port } from './pages';
import { login, LoginRefused, type Credentials, type LoggedIn, type LoginRequest } from './xmpp/login';
import { register } from './xmpp/register';
import type { OpenSocket } from './xmpp/socket';

export interface EngineEnvironment {
  store: Store;
  open: OpenSocket;
  /** Of the server that served the page. */
  url: string;
  defaultDomain: string;
  /** What this is, for the list of devices: "Firefox on Linux". */
  device: string;
  now(): number;
  random(): number;
}

const SOFTWARE = 'Rookery';

export class Engine {
  private readonly pages = new Pages();
  private account: Account | null = null;
  private session: SavedSession | null = null;
  private agent = '';
  private reason: SignOutReason | undefined;
  private continuing: Promise<void> | null = null;

  constructor(private readonly env: EngineEnvironment) {}

  /** `visible`: one opened behind the others is looked at by nobody yet. */
  attach(port: Port, visible = true): void {
    this.pages.add(port, visible);
    this.updateActive();
    if (this.account) port(this.account.snapshot());
  }
  detach(port: Port): void {
    this.pages.remove(port);
    this.updateActive();
  }

  /** Answers on the port, once, whatever happens. */
  async handle(command: Command, port: Port): Promise<void> {
    try {
      const result = await this.perform(command, port);
      port({ type: 'done', op: command.op, result: result ?? undefined });
    } catch (error) {
      port({ type: 'failed', op: command.op, ...failureOf(error) });
    }
  }

  /** The computer may have slept, the network may have changed. */
  woke(): void {
    this.account?.line.woke();
  }
  networkChanged(there: boolean): void {
    this.account?.line.networkChanged(there);
  }
  /** Another engine has taken over: nothing is said any more, what is kept stays. */
  stop(): void {
    void this.close();
    this.pages.clear();
  }
  /** For tests: the line breaks. */
  cut(): void {
    this.account?.link.cut();
  }

  private perform(command: Command, port: Port): Promise<unknown> {
    switch (command.do) {
      case 'sign-in':
        return this.signIn(command.address, command.password, command.unanswered);
      case 'sign-up':
        return this.signUp(command.address, command.password, command.language, command.invitation);
      case 'continue':
        return (this.continuing ??= this.continueSession(command.unanswered).finally(() => (this.continuing = null)));
      case 'sign-out':
        return this.signOut();
      case 'focus':
        this.pages.look(port, command);
        this.updateActive();
        return Promise.resolve();
      case 'change-password':
        return this.changePassword(command.old, command.password);
      case 'delete-account':
        return this.deleteAccount(command.password);
      case 'reconnect-now':
        if (!this.account && this.session) return this.start(this.session);
    }
    const handler = handlers[command.do] as ((a: Account, c: Command, r: Port) => Promise<unknown>) | undefined;
    if (!this.account || !handler) return Promise.reject(new CommandFailed('no-session'));
    return handler(this.account, command, port);
  }

  private emit(event: Event): void {
    this.pages.tell(event);
  }
  private updateActive(): void {
    this.account?.setActive(this.pages.seen);
  }
  private address(input: string): BareJid {
    const jid = fromInput(input, this.env.defaultDomain);
    if (!jid) throw new CommandFailed('bad-address');
    return jid;
  }
  private async request(jid: BareJid, secret: Credentials['secret'], resume?: LoginRequest['resume']): Promise<LoginRequest> {
    this.agent ||= await this.env.store.agent();
    return this.requestNow(jid, secret, resume);
  }
  private requestNow(jid: BareJid, secret: Credentials['secret'], resume?: LoginRequest['resume']): LoginRequest {
    return {
      url: this.env.url,
      domain: domainOf(jid),
      credentials: { username: local(jid), secret },
      agent: { id: this.agent, software: SOFTWARE, device: this.env.device },
      resume,
    };
  }

  // --- coming and going ---

  private async signIn(address: string, password: string, unanswered?: Unanswered[]): Promise<void> {
    const jid = this.address(address);
    const first = await login(this.env.open, await this.request(jid, { password }));
    await this.close();
    // The server's spelling of the address is the one that counts (RFC 7622).
    const own = first.jid.split('/')[0] || jid;
    const session = { jid: own, token: first.token?.token ?? '', agent: this.agent };
    await this.env.store.saveSession(session);
    await this.start(session, first, unanswered);
  }
  private async signUp(address: string, password: string, language: Language, invitation?: string): Promise<boolean> {
    void language;
    const jid = this.address(address);
    const invited = await register(this.env.open, { url: this.env.url, domain: domainOf(jid) }, local(jid), password, invitation);
    await this.signIn(jid, password);
    return invited;
  }
  private async continueSession(unanswered?: Unanswered[]): Promise<void> {
    if (this.account) return;
    const session = this.session ?? (await this.env.store.session());
    if (!session || !session.token) throw new CommandFailed('no-session', this.reason);
    this.agent = await this.env.store.agent();
    await this.start(session, undefined, unanswered);
  }

  private async start(session: SavedSession, first?: LoggedIn, unanswered: Unanswered[] = []): Promise<void> {
    this.session = session;
    this.reason = undefined;
    const account = new Account({
      own: session.jid,
      store: await this.env.store.account(session.jid),
      open: this.env.open,
      request: (resume) => this.requestNow(session.jid, { token: session.token }, resume),
      tokenGiven: (token) => {
        session.token = token;
        void this.env.store.saveSession(session);
      },
      over: (reason) => void this.over(account, reason),
      emit: (event) => this.account === account && this.emit(event),
      now: this.env.now,
      random: this.env.random,
    });
    await account.load();
    await takeUp(account, unanswered);
    this.account = account;
    this.emit(account.snapshot());
    this.updateActive();
    account.line.start(first);
  }

  /** The server ended it. A token that is good no more goes. What else is kept in the browser stays for the next sign-in, where this
      device was not sent away: then it goes too, but for what was written and has not been sent. */
  private async over(account: Account, reason: SignOutReason): Promise<void> {
    if (this.account !== account) return;
    if (reason !== 'opened-elsewhere') {
      this.session = null;
      await this.env.store.saveSession(undefined);
    }
    const { own } = account.host;
    const sentAway = reason === 'signed-out-elsewhere' || reason === 'bad-credentials';
    const toErase = sentAway && account.outbox.unsent === 0;
    await this.close();
    // Asked for before the pages hear of it, so that it comes before whatever they do next; they do not wait for it.
    const erased = toErase ? this.env.store.erase(own) : undefined;
    this.reason = reason;
    this.emit({ type: 'line', line: { state: 'signed-out', reason } });
    await erased?.catch(() => undefined);
  }
  private async close(): Promise<void> {
    const { account } = this;
    this.account = null;
    account?.close();
    account?.host.store.close();
  }

  private async signOut(): Promise<void> {
    const { account, session } = this;
    if (!session) throw new CommandFailed('no-session');
    if (account) await account.prefs.pushReads().catch(() => undefined);
    await this.close();
    this.session = null;
    await this.env.store.saveSession(undefined);
    await this.env.store.erase(session.jid);
    this.emit({ type: 'line', line: { state: 'signed-out', reason: 'by-user' } });
    void this.endToken(session);
  }
  /** Best effort: the token is forgotten here in any case, and expires on the server. */
  private async endToken(session: SavedSession): Promise<void> {
    if (!session.token) return;
    try {
      const request = await this.request(session.jid, { token: session.token });
      (await login(this.env.open, { ...request, invalidateToken: true })).stream.close();
    } catch {
      // no line
    }
  }

  private async changePassword(old: string, password: string): Promise<void> {
    const { account, session } = this;
    if (!account || !session) throw new CommandFailed('no-session');
    await this.prove(session.jid, old);
    try {
      await setPassword(account, password);
    } catch (error) {
      if (error instanceof IqError && error.error.condition === 'not-acceptable') throw new CommandFailed('password-refused', error.error.text);
      throw error;
    }
    // All tokens ended with the old password: a new one comes with the new password, in the same session.
    await account.line.renew(() => this.request(session.jid, { password }, account.link.resumable));
  }
  private async deleteAccount(password: string): Promise<void> {
    const { account, session } = this;
    if (!account || !session) throw new CommandFailed('no-session');
    await this.prove(session.jid, password);
    await removeAccount(account);
    await this.close();
    this.session = null;
    await this.env.store.saveSession(undefined);
    await this.env.store.erase(session.jid);
    this.reason = 'account-deleted';
    this.emit({ type: 'line', line: { state: 'signed-out', reason: 'account-deleted' } });
  }
  /** That it is the user who asks, not somebody at an open page: a login of its own, which binds nothing. */
  private async prove(jid: BareJid, password: string): Promise<void> {
    const request = await this.request(jid, { password });
    try {
      const proof = await login(this.env.open, { ...request, proofOnly: true });
      proof.stream.close();
    } catch (error) {
      if (error instanceof LoginRefused && error.condition === 'not-authorized') throw new CommandFailed('bad-credentials');
      throw error;
    }
  }
}
