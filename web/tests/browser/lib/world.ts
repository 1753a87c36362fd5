// One flow's people and things, and what becomes of them when it ends.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { befriend, User } from '../../engine/user';
import { Server } from '../../engine/server';
import type { House } from './house';
import { Desktop } from './desktop';
import { Front } from './front';
import { Line } from './line';
import { RawClient } from './raw';
import { password, Person, type PersonOptions } from './person';

export class World {
  private readonly people: Person[] = [];
  readonly notes: string[] = [];
  private readonly endings: (() => unknown)[] = [];
  private readonly number = ++flows;
  server: Server;

  constructor(readonly house: House, readonly flow: string) {
    this.server = house.server;
  }
  get base(): string {
    return `http://localhost:${this.server.port}/`;
  }
  /** Printed with the result: a measurement that nothing depends on. */
  note(text: string): void {
    this.notes.push(text);
  }
  atEnd(end: () => unknown): void {
    this.endings.unshift(end);
  }
  /** A name that no other flow has. */
  unique(name: string): string {
    return `${name}${this.number}`;
  }

  /** Someone before a page with nothing in it: the sign-in screen. */
  async visitor(name: string, options: PersonOptions = {}): Promise<Person> {
    const person = await Person.arrive((how) => this.house.browser.newContext(how), this.unique(name), this.base, options);
    this.people.push(person);
    return person;
  }
  /** The same at a desktop that shows notifications. */
  async atDesktop(name: string, options: PersonOptions = {}): Promise<{ person: Person; desktop: Desktop }> {
    const desktop = new Desktop();
    this.atEnd(() => desktop.close());
    await desktop.open();
    const person = await Person.arrive((how) => desktop.browser(new URL(this.base).origin, how), this.unique(name), this.base, options);
    this.people.push(person);
    return { person, desktop };
  }
  /** Someone who has made an account on this very page. */
  async member(name: string, options: PersonOptions = {}): Promise<Person> {
    const person = await this.visitor(name, options);
    await person.signUp();
    return person;
  }
  /** Another browser of someone: nothing of the first one is in it. */
  async device(of: Person, options: PersonOptions = {}): Promise<Person> {
    const other = await Person.arrive((how) => this.house.browser.newContext(how), of.name, this.base, options);
    this.people.push(other);
    await other.signIn();
    return other;
  }
  /** Accounts whose owners are contacts of the first one, all signed in. */
  friends<N extends string[]>(...names: N): Promise<{ [K in keyof N]: Person }> {
    return this.friendsWith({}, ...names);
  }
  async friendsWith<N extends string[]>(options: PersonOptions, ...names: N): Promise<{ [K in keyof N]: Person }> {
    await this.befriended(...names);
    const people = await Promise.all(names.map((name) => this.visitor(name, options)));
    await Promise.all(people.map((person) => person.signIn()));
    return people as { [K in keyof N]: Person };
  }
  /** Someone with a page, and contacts without: each costs half a second of computing less. */
  among<N extends string[]>(name: string, ...others: N): Promise<[Person, ...{ [K in keyof N]: RawClient }]> {
    return this.amongWith({}, name, ...others);
  }
  async amongWith<N extends string[]>(options: PersonOptions, name: string, ...others: N): Promise<[Person, ...{ [K in keyof N]: RawClient }]> {
    await this.befriended(name, ...others);
    const [person, ...raw] = await Promise.all([this.visitor(name, options), ...others.map((other) => this.raw(other))] as const);
    await person.signIn();
    return [person, ...raw] as [Person, ...{ [K in keyof N]: RawClient }];
  }
  /** The same without pages. */
  async befriended(...names: string[]): Promise<void> {
    const users = await Promise.all(names.map((name) => this.account(name)));
    for (const other of users.slice(1)) await befriend(users[0]!, other);
    await Promise.all(users.map((user) => user.do({ do: 'sign-out' })));
  }
  /** An account and its engine without a page: for what has to be there before, and for much of it. */
  account(name: string): Promise<User> {
    const user = new User(`${this.unique(name)}@localhost`, { url: this.server.url });
    this.atEnd(() => user.leave());
    return user.signUp(password);
  }
  /** What has no page, and no manners. The account is there already. */
  async raw(name: string): Promise<RawClient> {
    const client = await RawClient.signIn(this.server.url, this.unique(name), password);
    this.atEnd(() => client.close());
    return client;
  }
  /** A server of this flow's own, to be stopped and started; `lines`: of its configuration. */
  async ownServer(lines: string[] = []): Promise<Server> {
    const server = await new Server(lines).start();
    this.atEnd(() => server.remove());
    return (this.server = server);
  }
  /** A line to the server that can be cut; used by whoever comes through it. */
  async line(): Promise<Line> {
    const line = await new Line(this.server.port).open();
    this.atEnd(() => line.close());
    return line;
  }

  /** Something before the server that shows what passes. */
  async front(): Promise<Front> {
    const front = await new Front(this.server.port).open();
    this.atEnd(() => front.close());
    return front;
  }

  /** Throws when anything on a page went wrong by itself. */
  assertClean(): void {
    const trouble = this.people.flatMap((person) => person.watch.trouble.map((line) => `${person.name}: ${line}`));
    if (trouble.length) throw new Error(`The pages complain:\n${trouble.join('\n')}`);
  }
  async keepEvidence(trouble: string): Promise<void> {
    const directory = join(process.env.FLOW_LOGS ?? 'build/test-logs/browser', this.flow.replace(/\W+/g, '-'));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'trouble.txt'), trouble);
    await Promise.all(this.people.map(async (person, i) => {
      writeFileSync(join(directory, `${i}-${person.name}.console.txt`), person.watch.console.join('\n'));
      await person.page.screenshot({ path: join(directory, `${i}-${person.name}.png`), timeout: 5_000 }).catch(() => undefined);
    }));
    writeFileSync(join(directory, 'server.txt'), this.server.log());
  }
  async end(): Promise<void> {
    await Promise.all(this.people.map((person) => person.leave()));
    for (const end of this.endings) await end();
  }
}
let flows = 0;
