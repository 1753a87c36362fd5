// A user's page without screens: an engine of its own, the state as the page has it, and ways to wait for what is to come.
import WebSocket from 'ws';
import type { Command, Event } from '../../src/engine/contract';
import { Engine } from '../../src/engine/engine';
import { MemoryStore } from '../../src/engine/store/memory';
import type { Store } from '../../src/engine/store/store';
import { socketsBy, type OpenSocket } from '../../src/engine/xmpp/socket';
import { randomId } from '../../src/engine/xmpp/bytes';
import { initialState } from '../../src/model/initial';
import { reduce } from '../../src/model/reduce';
import type { AppState, Message } from '../../src/model/types';

type WithoutOp<T> = T extends unknown ? Omit<T, 'op'> : never;
export type Body = WithoutOp<Command>;
const WAIT_MS = 30_000;
let ops = 0;

export const openWs: OpenSocket = socketsBy(WebSocket as unknown as typeof globalThis.WebSocket);

export interface UserOptions {
  url: string;
  store?: Store;
  open?: OpenSocket;
  visible?: boolean;
}

/** Those of a test, who stop when it ends. */
export class Users {
  private readonly all: User[] = [];
  add(user: User): User {
    this.all.push(user);
    return user;
  }
  stop(): void {
    for (const user of this.all.splice(0)) user.engine.stop();
  }
}

export class User {
  readonly engine: Engine;
  readonly store: Store;
  readonly events: Event[] = [];
  state: AppState = initialState('en');
  private readonly watchers = new Set<() => void>();
  private readonly waiting = new Map<number, (answer: Event) => void>();
  readonly port = (event: Event): void => this.hear(event);

  constructor(readonly address: string, options: UserOptions) {
    this.store = options.store ?? new MemoryStore();
    this.engine = new Engine({
      store: this.store, open: options.open ?? openWs, url: options.url, defaultDomain: 'localhost', device: 'Test',
      now: Date.now, random: Math.random,
    });
    this.engine.attach(this.port, options.visible);
  }
  /** Another page at the same engine. */
  page(visible = true): User {
    const page = Object.create(User.prototype) as User;
    Object.assign(page, { ...this, events: [], state: initialState('en'), watchers: new Set(), waiting: new Map() });
    (page as { port: unknown }).port = (event: Event) => page.hear(event);
    this.engine.attach(page.port, visible);
    return page;
  }

  private hear(event: Event): void {
    this.events.push(event);
    this.state = reduce(this.state, event);
    if (event.type === 'done' || event.type === 'failed') {
      this.waiting.get(event.op)?.(event);
      this.waiting.delete(event.op);
    }
    for (const watcher of [...this.watchers]) watcher();
  }

  /** Resolves with the first truthy value. */
  until<T>(look: (state: AppState) => T | undefined | false | null | 0, what: string, ms = WAIT_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(watch);
        reject(new Error(`${this.address}: no sign of ${what}`));
      }, ms);
      const watch = (): void => {
        const value = look(this.state);
        if (!value) return;
        clearTimeout(timer);
        this.watchers.delete(watch);
        resolve(value);
      };
      this.watchers.add(watch);
      watch();
    });
  }
  async do(body: Body): Promise<unknown> {
    const op = ++ops;
    const command = { ...body, op } as Command;
    this.state = reduce(this.state, { type: 'asked', command });
    const answer = new Promise<Event>((resolve) => this.waiting.set(op, resolve));
    void this.engine.handle(command, this.port);
    const event = await answer;
    if (event.type === 'failed') throw Object.assign(new Error(`${body.do}: ${event.why} ${event.text ?? ''}`), { why: event.why });
    return event.type === 'done' ? event.result : undefined;
  }

  async signUp(password = 'a good password'): Promise<this> {
    await this.do({ do: 'sign-up', address: this.address, password, language: 'en' });
    return this.online();
  }
  async signIn(password = 'a good password'): Promise<this> {
    await this.do({ do: 'sign-in', address: this.address, password, language: 'en' });
    return this.online();
  }
  async online(): Promise<this> {
    await this.until((s) => s.line.state === 'online', 'being online');
    return this;
  }
  send(to: string, text: string, more: Partial<Extract<Body, { do: 'send' }>> = {}): Promise<unknown> {
    return this.do({ do: 'send', id: randomId(), to, text, at: Date.now(), ...more });
  }
  async open(jid: string, limit = 50): Promise<Message[]> {
    await this.do({ do: 'page', conversation: jid, at: { newest: true }, limit });
    return this.messages(jid);
  }
  messages(jid: string): Message[] {
    return this.state.windows[jid]?.messages ?? [];
  }
  texts(jid: string): string[] {
    return this.messages(jid).map((m) => m.text);
  }
  leave(): void {
    this.engine.detach(this.port);
  }
}

/** Two contacts who see each other. */
export async function befriend(a: User, b: User): Promise<void> {
  await a.do({ do: 'add-contact', jid: b.address, greeting: 'hello', remark: '', groups: [] });
  await b.until((s) => s.requests.find((r) => r.jid === a.address), 'the request');
  await b.do({ do: 'answer-request', jid: a.address, accept: true });
  await a.until((s) => s.contacts[b.address]?.subscription === 'both', 'a friend');
  await b.until((s) => s.contacts[a.address]?.subscription === 'both', 'a friend');
}
