// Someone with a browser of his own, doing what people do: everything is found by its role and by the name it has in the
// page's own dictionary, so what a screen reader cannot find, these tests cannot either.
import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { translator, type Key, type Params, type Translate } from '../../../src/ui/i18n/translate';
import type { Delivery, Language, OwnShow } from '../../../src/model/types';
import { Watch } from './watch';

export const password = 'four plain quiet rooks';
const wait_ms = 45_000;
/** Rarely enough to cost nothing beside what is waited for. */
const look_again_ms = 60;
export const wide = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

export interface PersonOptions {
  language?: Language;
  theme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
  /** Another way to the server than straight. */
  base?: string;
  /** What lets the page open without a server. A sixth of the work of all flows, so only where it matters. */
  serviceWorker?: boolean;
  /** Runs in each page before anything of it. */
  before?: () => void;
}

export class Person {
  readonly t: Translate;
  page!: Page;

  private constructor(readonly name: string, readonly context: BrowserContext, readonly base: string, readonly watch: Watch, language: Language) {
    this.t = translator(language);
  }
  static async arrive(make: (options: BrowserContextOptions) => Promise<BrowserContext>, name: string, straight: string, options: PersonOptions): Promise<Person> {
    const { language = 'en', theme = 'light', viewport = wide, base = straight, serviceWorker = false } = options;
    const touch = viewport.width < 720;
    const context = await make({
      locale: language, colorScheme: theme, viewport, hasTouch: touch, reducedMotion: 'reduce', serviceWorkers: serviceWorker ? 'allow' : 'block',
    });
    if (options.before) await context.addInitScript(options.before);
    context.setDefaultTimeout(wait_ms);
    const person = new Person(name, context, base, new Watch(context, new URL(base).origin), language);
    person.page = await person.openPage();
    return person;
  }
  async openPage(hash = ''): Promise<Page> {
    const page = await this.context.newPage();
    await this.watch.page(page);
    await page.goto(this.base + hash);
    return page;
  }
  /** The same person at another tab of the same browser. */
  async tab(hash = ''): Promise<Person> {
    const other = Object.assign(Object.create(Person.prototype) as Person, this);
    other.page = await this.openPage(hash);
    return other;
  }
  get address(): string {
    return `${this.name}@localhost`;
  }

  // --- finding ---

  button(key: Key, params?: Params): Locator {
    return this.page.getByRole('button', { name: this.t(key, params), exact: true });
  }
  field(key: Key, params?: Params): Locator {
    return this.page.getByRole('textbox', { name: this.t(key, params), exact: true });
  }
  /** Passwords have no role. */
  secret(key: Key): Locator {
    return this.page.getByLabel(this.t(key), { exact: true }).and(this.page.locator('input'));
  }
  dialog(key: Key, params?: Params): Locator {
    return this.page.getByRole('dialog', { name: this.t(key, params), exact: true });
  }
  item(key: Key, params?: Params): Locator {
    return this.page.getByRole('menu').getByRole('menuitem', { name: this.t(key, params), exact: true });
  }
  says(key: Key, params?: Params): Promise<void> {
    return this.page.getByText(this.t(key, params), { exact: true }).first().waitFor();
  }
  /** In the list of conversations. */
  row(name: string): Locator {
    return this.page.getByRole('tabpanel').getByRole('button').filter({ has: this.page.getByText(name, { exact: true }) });
  }
  get panel(): Locator {
    return this.page.getByRole('region', { name: this.t('panel.label'), exact: true });
  }
  /** Over the conversation: with whom it is, and the way to the profile. */
  who(name: string): Locator {
    return this.chat.getByTitle(this.t('profile.openOf', { name }), { exact: true });
  }
  get chat(): Locator {
    return this.page.getByRole('main');
  }
  get composer(): Locator {
    return this.chat.locator('footer').getByRole('textbox');
  }
  message(text: string): Locator {
    return this.chat.getByRole('article').filter({ has: this.page.locator('.text, .big-emoji', { hasText: whole(text) }) });
  }
  get messages(): Promise<string[]> {
    return this.chat.getByRole('article').locator('.text').allTextContents();
  }

  // --- doing ---

  async signUp(secret = password): Promise<void> {
    await this.page.getByRole('button', { name: this.t('sign.create'), exact: true }).click();
    await this.field('sign.newName').fill(this.name);
    await this.secret('sign.newPassword').fill(secret);
    await this.button('sign.createNow').click();
    await this.online();
  }
  async typeIn(name = this.name, secret = password): Promise<void> {
    await this.field('sign.address').fill(name);
    await this.secret('sign.password').fill(secret);
    await this.button('sign.in').click();
  }
  async signIn(secret = password): Promise<void> {
    await this.typeIn(this.name, secret);
    await this.online();
  }
  async signOut(): Promise<void> {
    await this.button('settings.title').click();
    await this.button('settings.signOut').click();
    await this.dialog('settings.signOut').getByRole('button', { name: this.t('settings.signOut'), exact: true }).click();
    await this.atSignIn();
  }
  atSignIn(): Promise<void> {
    return this.page.getByRole('heading', { name: this.t('sign.inTitle') }).waitFor();
  }
  online(show: OwnShow = 'online'): Promise<void> {
    return this.button('self.presence', { name: this.t(`own.${show}`) }).waitFor();
  }
  async presence(show: OwnShow): Promise<void> {
    await this.page.locator('.self').getByRole('button', { name: this.t('self.presence', { name: '' }) }).click();
    await this.page.getByRole('menuitemradio', { name: this.t(`own.${show}`), exact: true }).click();
    await this.online(show);
  }
  async lists(tab: 'conversations' | 'contacts'): Promise<void> {
    await this.page.getByRole('tab', { name: new RegExp(`^${this.t(`panel.${tab}`)}`) }).click();
  }
  async askToAdd(other: Person, greeting?: string): Promise<void> {
    await this.panel.getByRole('button', { name: this.t('add.title'), exact: true }).first().click();
    await this.field('add.address').fill(other.name);
    if (greeting) await this.field('add.greeting').fill(greeting);
    await this.button('add.send').click();
    await this.says('add.done');
  }
  async openRequests(): Promise<Locator> {
    await this.lists('contacts');
    await this.page.getByRole('button', { name: this.t('requests.title') }).click();
    return this.dialog('requests.title');
  }
  async closeDialog(dialog: Locator): Promise<void> {
    await dialog.getByRole('button', { name: this.t('common.close'), exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }
  /** By way of the search box, as one does with many contacts. */
  async openChat(other: { name: string }): Promise<void> {
    await this.page.getByRole('searchbox', { name: this.t('panel.search') }).fill(other.name);
    await this.panel.getByRole('button').filter({ hasText: other.name }).first().click();
    await this.composer.waitFor();
  }
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }
  async menuOf(text: string): Promise<void> {
    await this.message(text).click({ button: 'right' });
    await this.page.getByRole('menu').waitFor();
  }
  async choose(text: string, key: Key): Promise<void> {
    await this.menuOf(text);
    await this.item(key).click();
  }
  async settings(section: string): Promise<Locator> {
    await this.button('settings.title').click();
    return this.settingsPage(section);
  }
  /** Where they are open already. */
  async settingsPage(section: string): Promise<Locator> {
    await this.page.getByRole('navigation', { name: this.t('settings.title') }).getByRole('button', { name: this.t(`settings.${section}` as Key), exact: true }).click();
    return this.page.getByRole('region', { name: this.t(`settings.${section}` as Key), exact: true });
  }

  // --- expecting ---

  async expectMessage(text: string): Promise<Locator> {
    await this.message(text).waitFor();
    return this.message(text);
  }
  /** The newest message, from wherever one reads. */
  async expectLast(text: string): Promise<void> {
    await this.until(`"${text}"`, async () => {
      const end = this.button('chat.toEnd');
      // It goes by itself when the end comes into sight.
      if (await end.isVisible()) await end.click({ timeout: 1_000 }).catch(() => undefined);
      return this.message(text).isVisible();
    });
  }
  expectDelivery(text: string, delivery: Delivery): Promise<void> {
    return this.message(text).getByRole('img', { name: this.t(`delivery.${delivery}`), exact: true }).waitFor();
  }
  expectNote(key: Key, params?: Params): Promise<void> {
    return this.chat.locator('[data-message]').filter({ hasText: this.t(key, params) }).first().waitFor();
  }
  /** Until the page says so. */
  async until(what: string, look: () => Promise<boolean>, ms = wait_ms): Promise<void> {
    const limit = Date.now() + ms;
    while (!(await look())) {
      if (Date.now() > limit) throw new Error(`${this.name}: no sign of ${what} after ${ms / 1000} s`);
      await this.page.evaluate((pause) => new Promise((done) => setTimeout(done, pause)), look_again_ms);
    }
  }

  async leave(): Promise<void> {
    await this.context.close().catch(() => undefined);
  }
}

/** This text and no more; space counts as any other space. */
function whole(text: string): RegExp {
  return new RegExp(`^\\s*${text.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+')}\\s*$`);
}
