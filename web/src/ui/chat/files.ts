import type { SharedFile } from '../../model/types';

const raster = /^image\/(png|jpeg|gif|webp|avif)$/;
const frame_max = { width: 320, height: 320 };
const frame_unknown = { width: 240, height: 180 };

/** https, or http of this very origin; else ''. */
export function safeFileUrl(url: string, origin = location.origin): string {
  try {
    const parsed = new URL(url);
    if (parsed.username || parsed.password) return '';
    return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && parsed.origin === origin) ? url : '';
  } catch {
    return '';
  }
}

/** A picture that can be shown in its place: of our own origin, and not one that could carry a script, and not one that is to be offered only. */
export function isOwnImage(file: SharedFile, origin = location.origin): boolean {
  return !file.attachment && safeFileUrl(file.url, origin) !== '' && new URL(file.url).origin === origin && raster.test(file.mediaType ?? '');
}

/** Names may be made to deceive: without marks that turn the direction of writing, and not longer than one can see. */
export function fileName(file: SharedFile): string {
  const name = file.name.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim() || lastOfPath(file.url);
  return name.length > 120 ? `${name.slice(0, 60)}…${name.slice(-50)}` : name;
}

function lastOfPath(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').at(-1) || url);
  } catch {
    return url;
  }
}

/** The room a picture takes, before it has come: nothing moves when it does. */
export function frameOf(file: SharedFile): { width: number; height: number } {
  if (!file.width || !file.height) return frame_unknown;
  const scale = Math.min(1, frame_max.width / file.width, frame_max.height / file.height);
  return { width: Math.max(48, Math.round(file.width * scale)), height: Math.max(48, Math.round(file.height * scale)) };
}
