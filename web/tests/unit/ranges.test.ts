import { describe, expect, it } from 'vitest';
import { above, addRange, END, rangeOf, type Range } from '../../src/engine/account/ranges';

describe('ranges', () => {
  const some: Range[] = [['10', '20'], ['100', '200']];
  it.each<[string, Range, Range[]]>([
    ['apart', ['30', '40'], [['10', '20'], ['30', '40'], ['100', '200']]],
    ['touching', ['20', '30'], [['10', '30'], ['100', '200']]],
    ['joining', ['15', '100'], [['10', '200']]],
    ['inside', ['12', '13'], some],
    ['around all', ['0', END], [['0', END]]],
    ['the wrong way round', ['40', '30'], some],
  ])('one that is %s', (_, range, all) => expect(addRange(some, range)).toEqual(all));
  it('are found by an entry, ends included', () => {
    expect(rangeOf(some, '20')).toEqual(['10', '20']);
    expect(rangeOf(some, '21')).toBeUndefined();
  });
  it('are cut at a floor', () => expect(above([['1', '5'], ...some], '15')).toEqual([['15', '20'], ['100', '200']]));
});
