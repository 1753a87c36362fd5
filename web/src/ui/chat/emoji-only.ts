import { isEmoji } from '../../model/emoji';

/** Some sign of an emoji; most texts have none, and cutting a text into graphemes costs a hundred times this. */
const hint = /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20E3]/u;
const big_max = 3;

let segmenter: Intl.Segmenter | undefined;

/** One to three emoji and nothing else: drawn big, without a bubble. */
export function isBigEmoji(text: string): boolean {
  const trimmed = text.trim();
  if (!trimmed || trimmed.length > big_max * 16 || !hint.test(trimmed) || !('Segmenter' in Intl)) return false;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const parts = [...segmenter.segment(trimmed)].map((part) => part.segment).filter((part) => part !== ' ');
  return parts.length <= big_max && parts.every((part) => isEmoji(part));
}
