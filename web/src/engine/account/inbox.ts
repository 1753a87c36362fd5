// With whom there are conversations (XEP-0430), which the archive itself cannot be asked.
import { compareEntries } from '../../model/item';
import type { BareJid, EntryId } from '../../model/types';
import { IqError } from '../xmpp/errors';
import { bare } from '../xmpp/jid';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, el, text, type Element } from '../xmpp/xml';

const PAGE = 250;
/** Conversations further back are not looked for. */
const PAGES_MAX = 40;
const PAGE_TIMEOUT_MS = 60_000;

interface Listed {
  jid: BareJid;
  newest: EntryId;
}
export interface Conversations {
  /** The newest first. */
  jids: BareJid[];
  /** There are no others. */
  whole: boolean;
}

export class Inbox {
  /** Of the page that is being fetched. */
  private collecting: Listed[] | null = null;
  /** One call at a time: what comes does not say which request it answers. */
  private asking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly link: Link,
    private readonly own: BareJid,
    /** Whether the server has one. */
    private readonly offered: () => Promise<boolean>,
  ) {}

  /** True where it was part of an answer; by anybody else, or unasked for, it is dropped. */
  take(stanza: Element): boolean {
    const entry = child(stanza, 'entry', NS.inbox);
    if (!entry) return false;
    const from = attr(stanza, 'from');
    const [jid, newest] = [attr(entry, 'jid'), attr(entry, 'id')];
    if ((from === '' || from === this.own) && jid && /^[0-9]{1,20}$/.test(newest)) this.collecting?.push({ jid: bare(jid), newest });
    return true;
  }

  /** Those in which there is something later than this entry. Of a server that has no inbox, or does not give it: none, and not the
      whole. Rejects where the line is down. */
  since(entry: EntryId): Promise<Conversations> {
    const result = this.asking.then(() => this.ask(entry));
    this.asking = result.catch(() => undefined);
    return result;
  }
  private async ask(entry: EntryId): Promise<Conversations> {
    if (!(await this.offered())) return { jids: [], whole: false };
    try {
      return await this.list(entry);
    } catch (error) {
      if (!(error instanceof IqError) || error.unanswered) throw error;
      return { jids: [], whole: false };
    }
  }

  /** A conversation in which something came meanwhile is not where it was any more, and may have passed by between two pages: what
      is later than the first page's first one is looked at once more. */
  private async list(entry: EntryId): Promise<Conversations> {
    const found = new Set<BareJid>();
    let pages = 0;
    for (let until = entry; ; ) {
      const before = pages;
      let [first, after, more] = ['', '', true];
      while (more) {
        if (pages++ >= PAGES_MAX) return { jids: [...found], whole: false };
        const { listed, last } = await this.page(after);
        if (!listed.length && !last) return { jids: [...found], whole: false }; // it names entries as ours does not
        const later = listed.filter((c) => compareEntries(c.newest, until) > 0);
        for (const { jid } of later) found.add(jid);
        first ||= listed[0]?.newest ?? until;
        after = listed.at(-1)?.newest ?? '';
        more = !last && later.length === listed.length;
      }
      if (pages === before + 1) return { jids: [...found], whole: true };
      until = first;
    }
  }

  /** The newest, or those right after the one with this newest entry. */
  private async page(after: EntryId): Promise<{ listed: Listed[]; last: boolean }> {
    const listed: Listed[] = [];
    this.collecting = listed;
    try {
      const answer = await this.link.iq('get', el('inbox', { xmlns: NS.inbox, messages: 'false' },
        el('set', { xmlns: NS.rsm }, el('max', {}, String(PAGE)), after !== '' && el('after', {}, after))), undefined, PAGE_TIMEOUT_MS);
      const set = child(child(answer, 'fin', NS.inbox), 'set', NS.rsm);
      const [first, last, count] = [child(set, 'first'), text(child(set, 'last')), text(child(set, 'count'))];
      if (!first) return { listed, last: true };
      // What an earlier request asked for, and did not wait for, may have come in between.
      const within = listed.filter(({ newest }) => compareEntries(newest, text(first)) <= 0 && compareEntries(newest, last) >= 0);
      const page = [...new Map(within.map((one) => [one.jid, one])).values()].sort((a, b) => compareEntries(b.newest, a.newest));
      const index = attr(first, 'index');
      return { listed: page, last: index !== '' && count !== '' && Number(index) + page.length >= Number(count) };
    } finally {
      this.collecting = null;
    }
  }
}
