// Pictures from others: raster images by their first bytes, of a bounded size. No SVG: it is a program.
import { sha1 } from '@noble/hashes/sha1';
import { fromBase64 } from '../xmpp/bytes';

const IMAGE_BYTES_MAX = 64 * 1024;

const signatures: [type: string, at: number, bytes: number[]][] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  ['image/gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
];

export interface Picture {
  type: string;
  base64: string;
  hash: string;
}

/** Null where it is no picture one may show. What it claims to be does not matter. */
export function readPicture(base64: string): Picture | null {
  const packed = base64.replace(/\s+/g, '');
  if (packed.length === 0 || packed.length > (IMAGE_BYTES_MAX * 4) / 3 + 4) return null;
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(packed);
  } catch {
    return null;
  }
  const found = signatures.find(([, at, signature]) => signature.every((b, i) => bytes[at + i] === b));
  if (!found || bytes.length > IMAGE_BYTES_MAX) return null;
  const hash = Array.from(sha1(bytes), (b) => b.toString(16).padStart(2, '0')).join('');
  return { type: found[0], base64: packed, hash };
}

export const dataUrl = ({ type, base64 }: Picture): string => `data:${type};base64,${base64}`;
