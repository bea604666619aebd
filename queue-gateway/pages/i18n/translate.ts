import type { Language } from './language.ts';

/** The words of one page in every language; the compiler asks for the same keys in each. */
export type Catalogue<Key extends string> = Record<Language, Record<Key, string>>;

export const catalogue = <Key extends string>(words: {
  en: Record<Key, string>;
  ko: Record<NoInfer<Key>, string>;
}): Catalogue<Key> => words;

export type Values = Record<string, string | number>;

/**
 * The words for a key. `{n}` is a value, numbers in the language's own writing;
 * `{n|seat|seats}` chooses by whether the value is one.
 */
export type Translate<Key extends string> = (key: Key, values?: Values) => string;

const slot = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;

export function createTranslate<Key extends string>(
  language: Language,
  words: Record<Key, string>,
): Translate<Key> {
  let numbers: Intl.NumberFormat | undefined;
  return function translate(key, values = {}) {
    return words[key].replace(slot, (_all, name: string, single?: string, many?: string) => {
      const value = values[name] ?? '';
      if (single !== undefined && many !== undefined) return value === 1 ? single : many;
      if (typeof value !== 'number') return value;
      numbers ??= new Intl.NumberFormat(language);
      return numbers.format(value);
    });
  };
}
