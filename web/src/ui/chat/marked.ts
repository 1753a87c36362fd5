export interface Part { text: string; hit: boolean }

/** Cuts a text where the words looked for stand in it, whatever their case. */
export function splitMarked(text: string, words: string): Part[] {
  const needle = words.trim().toLowerCase();
  const hay = text.toLowerCase();
  if (!needle || hay.length !== text.length) return [{ text, hit: false }];
  const parts: Part[] = [];
  let from = 0;
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), hit: false });
    from = at + needle.length;
    parts.push({ text: text.slice(at, from), hit: true });
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}
