import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { languages } from '../../queue-gateway/pages/i18n/language.ts';
import { isKnownProblem } from '../../queue-gateway/pages/messages/problems.ts';
import { problemCodes } from '../../shared/problems.ts';

const folder = join(import.meta.dirname, '../../queue-gateway/pages/messages');
type Words = Record<string, string>;

const catalogues = await Promise.all(
  readdirSync(folder).map(async (file) => {
    const module = (await import(join(folder, file))) as Record<string, unknown>;
    const [found] = Object.values(module).filter((one) => typeof one === 'object');
    return { file, words: found as Record<string, Words> };
  }),
);

/** Names of the values that a text shows. */
const valuesOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1])))].sort();

describe('the words of the pages', () => {
  it('were found', () => expect(catalogues.length).to.be.greaterThan(3));

  for (const { file, words } of catalogues) {
    it(`${file}: each language says everything, with the same values`, () => {
      const [first, ...others] = languages.map((language) => words[language] ?? {});
      const facts = (one: Words = {}) =>
        Object.entries(one)
          .map(([key, text]) => `${key} ${valuesOf(text).join(' ')}`)
          .sort();
      expect(facts(first).length).to.be.greaterThan(0);
      for (const other of others) expect(facts(other)).to.deep.equal(facts(first));
    });

    it(`${file}: nothing is left empty or in the other language`, () => {
      for (const [key, text] of Object.entries(words['ko'] ?? {})) {
        expect(text.trim(), key).not.to.equal('');
        if (/[a-z]{4}/i.test(words['en']?.[key]?.replace(/\{[^}]*\}/g, '') ?? ''))
          expect(text.replace(/\{[^}]*\}/g, ''), key).to.match(/[가-힣]/);
      }
      for (const [key, text] of Object.entries(words['en'] ?? {})) {
        expect(text.trim(), key).not.to.equal('');
        expect(text, key).not.to.match(/[가-힣]/);
      }
    });
  }

  it('have every problem of the API', () => {
    expect(problemCodes.filter((code) => !isKnownProblem(code))).to.deep.equal([]);
  });
});
