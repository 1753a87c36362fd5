// Files that others share: an address out of band (XEP-0066) or stateless file sharing (XEP-0447) with its metadata.
import type { SharedFile } from '../../model/types';
import { NS } from '../xmpp/ns';
import { attr, child, children, text, type Element } from '../xmpp/xml';

/** The address where it is http or https and nothing else; '' otherwise. What may be loaded is decided by the page. */
export function webUrl(written: string): string {
  const trimmed = written.trim();
  if (trimmed.length > 2048) return '';
  try {
    const url = new URL(trimmed);
    return (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password ? url.href : '';
  } catch {
    return '';
  }
}

const FILES_MAX = 20;

export function readFiles(message: Element): SharedFile[] {
  const shared = message.getChildren('file-sharing', NS.sfs).slice(0, FILES_MAX).map(readSfs).filter((f) => f !== undefined);
  const plain = shared.length ? undefined : readOob(message);
  return plain ? [plain] : shared;
}

function readSfs(sharing: Element): SharedFile | undefined {
  const sources = children(child(sharing, 'sources', NS.sfs)).filter((s) => s.is('url-data', NS.urlData));
  const url = sources.map((s) => webUrl(attr(s, 'target'))).find((u) => u !== '');
  const file = child(sharing, 'file', NS.fileMetadata);
  if (!url || !file) return undefined;
  const number = (name: string): number | undefined => {
    const value = Number(text(child(file, name)) || NaN);
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  return {
    url,
    name: fileName(text(child(file, 'name')) || lastOf(url)),
    bytes: number('size'),
    mediaType: /^[\w.+-]+\/[\w.+-]+$/.exec(text(child(file, 'media-type')))?.[0],
    width: number('width'),
    height: number('height'),
    description: text(child(file, 'desc')).slice(0, 1000) || undefined,
    attachment: attr(sharing, 'disposition') === 'attachment' || undefined,
  };
}

function readOob(message: Element): SharedFile | undefined {
  const oob = child(message, 'x', NS.oob);
  const url = webUrl(text(child(oob, 'url')));
  if (!url) return undefined;
  return { url, name: fileName(lastOf(url)), description: text(child(oob, 'desc')).slice(0, 1000) || undefined, mediaType: guessType(url) };
}

const lastOf = (url: string): string => {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
};
/** No path, no control characters, nothing that turns the direction of reading around. */
function fileName(given: string): string {
  // eslint-disable-next-line no-control-regex
  return given.replace(/[\u0000-\u001F\u007F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '').split(/[\\/]/).at(-1)!.slice(0, 200) || 'file';
}
const types: Record<string, string> = {
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif',
  mp4: 'video/mp4', webm: 'video/webm', ogg: 'audio/ogg', opus: 'audio/ogg', mp3: 'audio/mpeg', m4a: 'audio/mp4', pdf: 'application/pdf',
};
function guessType(url: string): string | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(types, ending) ? types[ending] : undefined;
}
