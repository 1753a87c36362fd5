// All that the server keeps of the account, for the user to take along: one JSON document with the stanzas as they are,
// and one HTML page to read, which needs nothing else. Made in parts, so that a long history is never in memory twice.
import type { Contact, EntryId, Profile } from '../../model/types';
import { isMessage } from '../../model/item';
import type { Archive } from './archive';
import { parseMessage } from './parse';

const PAGE = 200;

export interface ExportHost {
  own: string;
  archive: Archive;
  self: Profile;
  contacts: Contact[];
  blocked: string[];
  now: number;
  part(done: number, total: number | undefined, name?: string, bytes?: Uint8Array): void;
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export async function exportAll(host: ExportHost): Promise<void> {
  const json: string[] = [];
  const html: string[] = [];
  const encoder = new TextEncoder();
  let after: EntryId = '';
  let total: number | undefined;
  for (;;) {
    const page = await host.archive.page({ after, max: PAGE });
    total ??= page.count;
    for (const { entry, message, at } of page.messages) {
      json.push(JSON.stringify({ id: entry, at: new Date(at).toISOString(), stanza: message.toString() }));
      const item = parseMessage(message, { own: host.own, entry, at, now: at });
      if (item && isMessage(item)) html.push(row(item.conversation, item.from, at, item.text || item.file?.url || ''));
    }
    host.part(json.length, total);
    if (page.complete || !page.last) break;
    after = page.last;
  }
  const head = { format: 'rookery-export', version: 1, account: host.own, made: new Date(host.now).toISOString(), profile: host.self, contacts: host.contacts, blocked: host.blocked };
  const document = `${JSON.stringify(head, null, 1).slice(0, -2)},\n "messages": [\n${json.join(',\n')}\n]}\n`;
  const name = `rookery-${host.own.replace(/[^\w.@-]/g, '_')}-${new Date(host.now).toISOString().slice(0, 10)}`;
  host.part(json.length, total ?? json.length, `${name}.json`, encoder.encode(document));
  host.part(json.length, total ?? json.length, `${name}.html`, encoder.encode(page(host, html)));
}

function row(conversation: string, from: string, at: number, text: string): string {
  const cells = [conversation, new Date(at).toISOString().replace('T', ' ').slice(0, 19), from, text];
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
