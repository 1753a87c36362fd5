// Addresses inside of text. Only schemes that open a page, a mail or a chat; everything else stays text.

export type Piece = { text: string; href?: string };

const candidate = /\b(?:https?:\/\/|www\.|xmpp:|mailto:)[^\s<>"'`\u3000-\u303f\uff00-\uffef]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/giu;
const allowed = new Set(['http:', 'https:', 'xmpp:', 'mailto:']);

export function findLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const word = trimTail(match[0]);
    const href = safeHref(word);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: word, href });
    end = match.index + word.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** What may stand in an href, or ''. */
export function safeHref(word: string): string {
  const whole = /^www\./i.test(word) ? `https://${word}` : /^[^:/?#]+@/.test(word) ? `mailto:${word}` : word;
  try {
    const url = new URL(whole);
    if (!allowed.has(url.protocol)) return '';
    if ((url.protocol === 'http:' || url.protocol === 'https:') && (!url.hostname || url.username || url.password)) return '';
    return whole;
  } catch {
    return '';
  }
}

/** Punctuation that ends a sentence is not part of the address; a closing bracket is when its partner is in it. */
function trimTail(word: string): string {
  for (;;) {
    const last = word[word.length - 1]!;
    const opening = { ')': '(', ']': '[', '}': '{' }[last];
    if (opening ? count(word, opening) < count(word, last) : /[.,;:!?*_~。，；：！？、…]/u.test(last)) word = word.slice(0, -1);
    else return word;
    if (!word) return word;
  }
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}
