// What follows the user to every device and is not part of the log: pins, mutes, settings, and how far each conversation
// has been read. Kept on the server as private XML (XEP-0049), one JSON text per element; other devices that are online are
// told to look again by a message to the own address.
import { laterEntry } from '../../model/item';
import type { BareJid, EntryId, Settings } from '../../model/types';
import type { Link } from '../xmpp/link';
import { NS } from '../xmpp/ns';
import { child, el, text } from '../xmpp/xml';

export const followingSettings = ['sendReceipts', 'sendRead', 'sendTyping', 'nudges', 'enterSends', 'bubbles', 'notificationPreview'] as const;

export interface Prefs {
  pinned: BareJid[];
  muted: BareJid[];
  settings: Partial<Settings>;
}
export const noPrefs: Prefs = { pinned: [], muted: [], settings: {} };
export type Reads = Record<BareJid, EntryId>;
/** Newest conversations kept in `reads`: the element must stay well below the 64 kB of a server's limit. */
const READS_MAX = 500;

async function read(link: Link, name: string): Promise<unknown> {
  const answer = await link.iq('get', el('query', { xmlns: NS.private }, el(name, { xmlns: NS.web })));
  const json = text(child(child(answer, 'query', NS.private), name, NS.web));
  try {
    return json ? JSON.parse(json) : undefined;
  } catch {
    return undefined;
  }
}
async function write(link: Link, name: string, value: unknown): Promise<void> {
  await link.iq('set', el('query', { xmlns: NS.private }, el(name, { xmlns: NS.web }, JSON.stringify(value))));
}

export async function fetchPrefs(link: Link): Promise<Prefs | undefined> {
  const given = (await read(link, 'prefs')) as Partial<Prefs> | undefined;
  if (typeof given !== 'object' || given === null) return undefined;
  const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((t): t is string => typeof t === 'string') : []);
  return { pinned: texts(given.pinned), muted: texts(given.muted), settings: onlyFollowing(given.settings ?? {}) };
}
export const storePrefs = (link: Link, prefs: Prefs): Promise<void> => write(link, 'prefs', prefs);

export async function fetchReads(link: Link): Promise<Reads> {
  const given = await read(link, 'reads');
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter((pair): pair is [string, string] => /^[0-9]{1,20}$/.test(String(pair[1]))));
}
/** What other devices have written meanwhile stays: each position only moves forward. */
export async function storeReads(link: Link, own: Reads): Promise<void> {
  const merged = await fetchReads(link);
  for (const [jid, entry] of Object.entries(own)) merged[jid] = laterEntry(merged[jid] ?? '', entry);
  const newest = Object.entries(merged).sort((a, b) => (laterEntry(a[1], b[1]) === a[1] ? -1 : 1)).slice(0, READS_MAX);
  await write(link, 'reads', Object.fromEntries(newest));
}

export function onlyFollowing(settings: Partial<Settings>): Partial<Settings> {
  const pairs = followingSettings.filter((k) => typeof settings[k] === 'boolean').map((k) => [k, settings[k]]);
  return Object.fromEntries(pairs) as Partial<Settings>;
}
