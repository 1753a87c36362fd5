import type { Language } from '../../model/types';
import { en, type Key } from './en';
import { zh } from './zh';

/** A sentence, or one for each plural form of `{n}`. */
export type Entry = string | { one: string; other: string };
export type Params = Record<string, string | number>;
export type Translate = (key: Key, params?: Params) => string;
export type { Key };

const dictionaries: Record<Language, Record<Key, Entry>> = { en, 'zh-CN': zh };

const wide = (char: string): boolean => /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uffef]/u.test(char);

export function translator(language: Language): Translate {
  const plural = new Intl.PluralRules(language);
  // Chinese has a space beside Latin letters and digits, and none beside its own.
  const close = language === 'zh-CN';
  const count = new Intl.NumberFormat(language);
  return (key, params = {}) => {
    const entry = dictionaries[language][key];
    const sentence = typeof entry === 'string' ? entry : entry[plural.select(Number(params['n'])) === 'one' ? 'one' : 'other'];
    return sentence.replace(/( ?)\{(\w+)\}( ?)/g, (_, before: string, name: string, after: string) => {
      const value = params[name];
      const text = typeof value === 'number' ? count.format(value) : (value ?? '');
      return close && text ? (wide(text[0]!) ? '' : before) + text + (wide(text.at(-1)!) ? '' : after) : before + text + after;
    });
  };
}
