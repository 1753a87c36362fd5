// The account's archive (XEP-0313, urn:xmpp:mam:2 with its extended fields), read page by page (XEP-0059).
import type { BareJid, EntryId, Time } from '../../model/types';
import { randomId } from '../xmpp/bytes';
import { bare } from '../xmpp/jid';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { attr, child, children, el, text, type Element } from '../xmpp/xml';
import { delayOf } from './parse';

const PAGE_TIMEOUT_MS = 60_000;

export interface PageQuery {
  with?: BareJid;
  start?: Time;
  end?: Time;
  /** Only entries later than this (a filter: it can go together with `before`). */
  afterId?: EntryId;
  /** The page that ends right before this entry; '' is the newest page. */
  before?: EntryId;
  /** The page that begins right after this entry. */
  after?: EntryId;
  /** Full-text search (XEP-0431). */
  words?: string;
  max: number;
}
export interface ArchivedMessage {
  entry: EntryId;
  message: Element;
  at: Time;
}
export interface ArchivePage {
  /** Oldest first. */
  messages: ArchivedMessage[];
  first: EntryId;
  last: EntryId;
  /** Nothing further in the direction of the query. */
  complete: boolean;
  count?: number;
}

export class Archive {
  private readonly collecting = new Map<string, ArchivedMessage[]>();

  constructor(private readonly link: Link, private readonly own: BareJid) {}

  /** True where it was a result: of a query of ours, from our own archive. Anything else that looks like one is dropped (CASES 39). */
  take(stanza: Element): boolean {
    const result = child(stanza, 'result', NS.mam);
    if (!result) return false;
    const from = attr(stanza, 'from');
    const list = this.collecting.get(attr(result, 'queryid'));
    if (!list || (from !== '' && from !== this.own)) return true;
    const forwarded = child(result, 'forwarded', NS.forward);
    const message = children(forwarded).find((c) => c.getName() === 'message');
    const entry = attr(result, 'id');
    if (message && /^[0-9]{1,20}$/.test(entry)) list.push({ entry, message, at: delayOf(forwarded!) ?? 0 });
    return true;
  }

  /** Rejects with IqError: 'item-not-found' where an entry named in the query is not in the archive any more. */
  async page(query: PageQuery): Promise<ArchivePage> {
    const queryid = randomId(12);
    const messages: ArchivedMessage[] = [];
    this.collecting.set(queryid, messages);
    try {
      const answer = await this.link.iq('set', build(query, queryid), undefined, PAGE_TIMEOUT_MS);
      const fin = child(answer, 'fin', NS.mam);
      const set = child(fin, 'set', NS.rsm);
      const count = text(child(set, 'count', NS.rsm));
      return {
        messages,
        first: text(child(set, 'first', NS.rsm)),
        last: text(child(set, 'last', NS.rsm)),
        complete: ['true', '1'].includes(attr(fin, 'complete')),
        count: count === '' ? undefined : Number(count),
      };
    } finally {
      this.collecting.delete(queryid);
    }
  }
}

function build(query: PageQuery, queryid: string): Element {
  const fields: [string, string | undefined][] = [
    ['with', query.with && bare(query.with)],
    ['start', query.start === undefined ? undefined : new Date(query.start).toISOString()],
    ['end', query.end === undefined ? undefined : new Date(query.end).toISOString()],
    ['after-id', query.afterId || undefined],
    [`{${NS.fulltext}}fulltext`, query.words],
  ];
  const given = fields.filter((f): f is [string, string] => f[1] !== undefined);
  const field = (name: string, value: string, type?: string): Element => el('field', { var: name, type }, el('value', {}, value));
  return el('query', { xmlns: NS.mam, queryid },
    given.length > 0 && el('x', { xmlns: NS.data, type: 'submit' },
      field('FORM_TYPE', NS.mam, 'hidden'), ...given.map(([name, value]) => field(name, value))),
    el('set', { xmlns: NS.rsm },
      el('max', {}, String(query.max)),
      query.before !== undefined && el('before', {}, query.before),
      query.after !== undefined && query.after !== '' && el('after', {}, query.after)));
}
