// Message styling, XEP-0393 1.1: text in, blocks and spans out. Nothing is lost: joining all texts gives the text back
// (without the line ends between blocks), so that a client that does not understand styling shows the same.

export type Span =
  | { type: 'text'; text: string }
  | { type: 'strong' | 'emphasis' | 'strike' | 'code'; mark: string; children: Span[] };

export type Block =
  | { type: 'plain'; lines: Span[][] }
  | { type: 'quote'; children: Block[] }
  | { type: 'pre'; text: string };

const names = { '*': 'strong', _: 'emphasis', '~': 'strike', '`': 'code' } as const;
type Mark = keyof typeof names;

/** Quotes deeper than this are shown as text (a hostile message is all '>'). */
export const quote_depth_max = 8;
const span_depth_max = 8;

export function parseStyling(text: string): Block[] {
  return parseBlocks(text.split('\n'), 0);
}

function parseBlocks(lines: string[], depth: number): Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    if (line.startsWith('```')) {
      const end = lines.findIndex((other, at) => at > i && other === '```');
      const upTo = end < 0 ? lines.length : end;
      blocks.push({ type: 'pre', text: lines.slice(i + 1, upTo).join('\n') });
      i = upTo + 1;
    } else if (line.startsWith('>') && depth < quote_depth_max) {
      const quoted: string[] = [];
      for (; i < lines.length && lines[i]!.startsWith('>'); i++) quoted.push(lines[i]!.slice(1).replace(/^ /, ''));
      blocks.push({ type: 'quote', children: parseBlocks(quoted, depth + 1) });
    } else {
      const last = blocks.at(-1);
      if (last?.type === 'plain') last.lines.push(parseSpans(line));
      else blocks.push({ type: 'plain', lines: [parseSpans(line)] });
      i++;
    }
  }
  return blocks;
}

/** Spans of one line (5.2): opened at its start, after white space or another mark; closed by the nearest mark not after white space. */
export function parseSpans(line: string, depth = 0): Span[] {
  const spans: Span[] = [];
  let plainFrom = 0;
  for (let i = 0; i < line.length; i++) {
    const mark = line[i]! as Mark;
    if (!(mark in names) || depth >= span_depth_max || !opens(line, i)) continue;
    const close = closing(line, i);
    if (close < 0) continue;
    if (i > plainFrom) spans.push({ type: 'text', text: line.slice(plainFrom, i) });
    const inner = line.slice(i + 1, close);
    spans.push({ type: names[mark], mark, children: mark === '`' ? [{ type: 'text', text: inner }] : parseSpans(inner, depth + 1) });
    i = close;
    plainFrom = close + 1;
  }
  if (plainFrom < line.length) spans.push({ type: 'text', text: line.slice(plainFrom) });
  return spans;
}

function opens(line: string, at: number): boolean {
  const before = line[at - 1];
  const after = line[at + 1];
  if (after === undefined || after === line[at] || /\s/.test(after)) return false;
  return before === undefined || /\s/.test(before) || (before in names && before !== line[at]);
}

function closing(line: string, open: number): number {
  for (let at = line.indexOf(line[open]!, open + 1); at >= 0; at = line.indexOf(line[open]!, at + 1)) {
    if (at > open + 1 && !/\s/.test(line[at - 1]!)) return at;
  }
  return -1;
}
