// Emoji by group and by words, those used most, and the colour of skin: emoji-picker-element's database over our own data.
// (Its picker is not used: it sets style attributes, which the page's Content-Security-Policy refuses.)
import Database from 'emoji-picker-element/database.js';
import type { Emoji, NativeEmoji } from 'emoji-picker-element/shared';
import type { Language } from '../../model/types';

export interface Shown { unicode: string; base: string; name: string }
export const groups = ['recent', 'smileys', 'people', 'animals', 'food', 'travel', 'activities', 'objects', 'symbols', 'flags'] as const;
export type Group = (typeof groups)[number];

/** Group numbers of the data; 2 holds the parts people are made of. */
const numbers: Record<Exclude<Group, 'recent'>, number> = { smileys: 0, people: 1, animals: 3, food: 4, travel: 5, activities: 6, objects: 7, symbols: 8, flags: 9 };
/** Newer ones than this are empty boxes on many machines. */
const version_max = 15;
const recent_max = 48;

export class EmojiData {
  private readonly database: Database;
  private all: Promise<NativeEmoji[]> | undefined;

  constructor(language: Language) {
    const locale = language === 'zh-CN' ? 'zh' : 'en';
    this.database = new Database({ dataSource: `/emoji/${locale}.json`, locale });
  }

  tone(): Promise<number> {
    return this.database.getPreferredSkinTone();
  }

  setTone(tone: number): Promise<void> {
    return this.database.setPreferredSkinTone(tone);
  }

  used(base: string): Promise<void> {
    return this.database.incrementFavoriteEmojiCount(base);
  }

  async group(group: Group, tone: number): Promise<Shown[]> {
    const found = group === 'recent' ? await this.database.getTopFavoriteEmoji(recent_max) : await this.database.getEmojiByGroup(numbers[group]);
    return found.filter(isNative).filter((one) => one.version <= version_max).map((one) => show(one, tone));
  }

  /** By whole words as the database knows them, then by any part of a name: Chinese has no spaces to tell words by. */
  async search(words: string, tone: number): Promise<Shown[]> {
    const needle = words.trim().toLowerCase();
    this.all ??= Promise.all(Object.values(numbers).map((n) => this.database.getEmojiByGroup(n))).then((lists) => lists.flat());
    const byWord = needle.length > 1 ? (await this.database.getEmojiBySearchQuery(needle)).filter(isNative) : [];
    const byPart = (await this.all).filter((one) => [one.annotation, ...(one.tags ?? []), one.unicode].some((text) => text.toLowerCase().includes(needle)));
    const unique = new Map([...byWord, ...byPart].filter((one) => one.version <= version_max).map((one) => [one.unicode, one]));
    return [...unique.values()].slice(0, 200).map((one) => show(one, tone));
  }
}

function isNative(emoji: Emoji): emoji is NativeEmoji {
  return 'unicode' in emoji;
}

function show(emoji: NativeEmoji, tone: number): Shown {
  const skin = tone > 0 ? emoji.skins?.find((one) => one.tone === tone) : undefined;
  return { unicode: skin?.unicode ?? emoji.unicode, base: emoji.unicode, name: emoji.annotation };
}
