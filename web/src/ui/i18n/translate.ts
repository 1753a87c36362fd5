import type { Language } from '../../model/types';
import { en, type Key } from './en';
import { zh } from './zh';

/** A sentence, or one for each plural form of `{n}`. */
export type Entry = string | { one: string; other: string };
export type Params = Record<string, string | number>;
export type Translate = (key: Key, params?: Params) => string;
export type { Key };

const dictionaries: Record<Language, Record<Key, Entry>> = { en, 'zh-CN': zh };

export function translator(language: Language): Translate {
  const plural = new Intl.PluralRules(language);
  const count = new Intl.NumberFormat(language);
  return (key, params = {}) => {
    const entry = dictionaries[language][key];
    const sentence = typeof entry === 'string' ? entry : entry[plural.select(Number(params['n'])) === 'one' ? 'one' : 'other'];
    return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = params[name];
      return typeof value === 'number' ? count.format(value) : (value ?? '');
    });
  };
}
