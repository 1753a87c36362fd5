import { describe, expect, it } from 'vitest';
import { parseSpans, parseStyling, type Block, type Span } from './styling';

const spanText = (span: Span): string => (span.type === 'text' ? span.text : span.mark + span.children.map(spanText).join('') + span.mark);
const kinds = (line: string): string[] => parseSpans(line).map((span) => span.type);

describe('spans (XEP-0393, 6.2)', () => {
  it.each([
    ['*strong*', ['strong']], ['_emphasis_', ['emphasis']], ['~gone~', ['strike']], ['`code`', ['code']],
    ['plain *strong* plain', ['text', 'strong', 'text']],
    ['not strong*', ['text']], ['*not strong', ['text']], ['* not strong *', ['text']], ['*not *strong', ['text']], ['**', ['text']], ['***', ['text']], ['****', ['text']], ['*strong*plain*', ['strong', 'text']], ['* plain *strong*', ['text', 'strong']],
    ['this is *not* strong*', ['text', 'strong', 'text']],
    ['一个*没有*空格', ['text']],
  ])('%s', (line, expected) => expect(kinds(line)).toEqual(expected));

  it('nests, and does not look into code', () => {
    expect(parseSpans('*_both_*')).toEqual([{ type: 'strong', mark: '*', children: [{ type: 'emphasis', mark: '_', children: [{ type: 'text', text: 'both' }] }] }]);
    expect(parseSpans('`*a*`')[0]).toEqual({ type: 'code', mark: '`', children: [{ type: 'text', text: '*a*' }] });
  });

  it('gives back every character', () => {
    for (const line of ['*a* _b', '~ ~', '`a`b*c*', '*'.repeat(50), '_*a*_ ~x~ `y']) expect(parseSpans(line).map(spanText).join('')).toBe(line);
  });
});

describe('blocks (XEP-0393, 6.1)', () => {
  const types = (text: string): string[] => parseStyling(text).map((block: Block) => block.type);
  it('finds preformatted text, quotations and what is neither', () => {
    expect(types('a\n```\n*b*\n```\n> c\n> > d\ne')).toEqual(['plain', 'pre', 'quote', 'plain']);
  });
  it('ends preformatted text with the message where nothing else does', () => {
    expect(parseStyling('```js\nx\ny')).toEqual([{ type: 'pre', text: 'x\ny' }]);
  });
  it('does not follow a hostile depth', () => {
    const deep = parseStyling('>'.repeat(10_000) + 'x');
    let depth = 0;
    for (let at: Block | undefined = deep[0]; at?.type === 'quote'; at = at.children[0]) depth++;
    expect(depth).toBe(8);
  });
});
