const hues = 10;

/** One of ten colours, the same on every device. */
export function hueOf(jid: string): number {
  let hash = 2_166_136_261; // FNV-1a
  for (const char of jid) hash = Math.imul(hash ^ char.codePointAt(0)!, 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) % hues;
}

/** Two letters of Latin names, the last two characters of Chinese ones (the given name), one of whatever else. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/^\p{Script=Han}+$/u.test(trimmed)) return [...trimmed].slice(-2).join('');
  const words = trimmed.split(/[\s._-]+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0]!;
  const second = words.length > 1 ? [...words[words.length - 1]!][0]! : '';
  return (first + (/[\p{L}\p{N}]/u.test(second) ? second : '')).toUpperCase();
}
