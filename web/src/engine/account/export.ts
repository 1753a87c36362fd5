// All that the server keeps of the account, for the user to take along: one JSON document with the stanzas as they are,
// and one HTML page to read, which needs nothing else. Made in parts, so that a long history is never in memory twice.
import type { Contact, EntryId, Message, Profile, Settings } from '../../model/types';
import { fold } from '../../model/fold';
import { isMessage, type MessageItem, type ModItem } from '../../model/item';
import type { ConversationSummary } from '../contract';
import type { Archive } from './archive';
import { parseMessage } from './parse';

const PAGE = 200;

/** What the server keeps of a conversation besides its messages. */
type Kept = Pick<ConversationSummary, 'jid' | 'pinned' | 'muted' | 'readUpTo'>;

export interface ExportHost {
  own: string;
  archive: Pick<Archive, 'page'>;
  self: Profile;
  contacts: Contact[];
  blocked: string[];
  conversations: Kept[];
  settings: Partial<Settings>;
  now: number;
  part(done: number, total: number | undefined, name?: string, bytes?: Uint8Array): void;
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export async function exportAll(host: ExportHost): Promise<void> {
  const json: string[] = [];
  const messages: MessageItem[] = [];
  const changes = new Map<string, ModItem[]>();
  const encoder = new TextEncoder();
  let after: EntryId = '';
  let total: number | undefined;
  for (;;) {
    const page = await host.archive.page({ after, max: PAGE });
    total ??= page.count;
    for (const { entry, message, at } of page.messages) {
      json.push(JSON.stringify({ id: entry, at: new Date(at).toISOString(), stanza: message.toString() }));
      const item = parseMessage(message, { own: host.own, entry, at, now: at });
      if (!item) continue;
      if (isMessage(item)) messages.push(item);
      else changes.set(key(item, item.target), [...(changes.get(key(item, item.target)) ?? []), item]);
    }
    host.part(json.length, total);
    if (page.complete || !page.last) break;
    after = page.last;
  }
  // As the conversations show them: with what was put right or taken back. The document above has both, as they were said.
  const html = messages.map((item) => row(fold(item, (item.wire && changes.get(key(item, item.wire))) || [], { peerRead: '' })));
  const head = { format: 'rookery-export', version: 1, account: host.own, made: new Date(host.now).toISOString(), profile: host.self, contacts: host.contacts, blocked: host.blocked,
    conversations: host.conversations.map(({ jid, pinned, muted, readUpTo }) => ({ jid, pinned, muted, readUpTo })), settings: host.settings };
  const document = `${JSON.stringify(head, null, 1).slice(0, -2)},\n "messages": [\n${json.join(',\n')}\n]}\n`;
  const name = `rookery-${host.own.replace(/[^\w.@-]/g, '_')}-${new Date(host.now).toISOString().slice(0, 10)}`;
  host.part(json.length, total ?? json.length, `${name}.json`, encoder.encode(document));
  host.part(json.length, total ?? json.length, `${name}.html`, encoder.encode(page(host, html)));
}

const key = (item: { conversation: string }, wire: string): string => `${item.conversation}\n${wire}`;

function row(m: Message): string {
  const said = [
    m.quote ? `> ${m.quote.text}\n` : '', m.withdrawn ? '(withdrawn)' : m.text || m.file?.url || (m.kind === 'nudge' ? '(nudge)' : ''), m.edited ? ' (edited)' : '',
    ...Object.entries(m.reactions).map(([emoji, who]) => ` [${emoji} ${who.join(', ')}]`),
  ];
  const cells = [m.conversation, new Date(m.at).toISOString().replace('T', ' ').slice(0, 19), m.from, said.join('')];
  return `<tr>${cells.map((c) => `<td>${escape(c)}</td>`).join('')}</tr>`;
}

function page(host: ExportHost, rows: string[]): string {
  const contacts = host.contacts.map((c) => `<li>${escape(c.remark || c.profile.nickname || c.jid)} (${escape(c.jid)})</li>`).join('\n');
  return `<!doctype html>
<html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(host.own)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}td{border:1px solid #ccc;padding:.2rem .5rem;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}</style>
</head><body><h1>${escape(host.self.nickname || host.own)}</h1><p>${escape(host.own)}, ${new Date(host.now).toISOString()}</p>
<ul>${contacts}</ul>
<table>${rows.join('\n')}</table></body></html>
`;
}
