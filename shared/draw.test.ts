import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  chainStartText,
  chainText,
  type DrawFacts,
  drawPlace,
  drawSteps,
  seedText,
} from './draw.ts';

interface Vector {
  facts: DrawFacts;
  commitment: string;
  leaves: string[];
  seed: string;
  numbers: Record<string, number>;
}

const file = new URL('../tests/line/vectors/draw.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
const sha = (name: string, bytes: string | Buffer): Buffer =>
  createHash(name).update(bytes).digest();
const hmacOf =
  (seed: Buffer) =>
  (text: string): Buffer =>
    createHmac('sha256', seed).update(text).digest();
const seedNumber = (number: number): Buffer => sha('sha256', `seed ${number}`);

/** The places of 1 … count under one seed. */
const shuffle = (seed: Buffer, count: number): number[] =>
  Array.from({ length: count }, (_, at) => drawPlace(at + 1, count, hmacOf(seed)));

describe('the draw', () => {
  for (const { facts, commitment, leaves, seed, numbers } of vectors) {
    it(`gives the numbers that another program found for ${facts.registered} people`, () => {
      expect(sha('sha256', Buffer.from(facts.secret, 'hex')).toString('hex')).to.equal(commitment);
      const own = sha('sha256', seedText(facts));
      expect(own.toString('hex')).to.equal(seed);
      for (const [index, number] of Object.entries(numbers))
        expect(facts.base + drawPlace(Number(index), facts.registered, hmacOf(own))).to.equal(
          number,
        );
      if (leaves.length < facts.registered) return;
      const chain = leaves.reduce(
        (link, leaf) => sha('sha1', chainText(link, leaf)).toString('hex'),
        sha('sha1', chainStartText(facts.concertId)).toString('hex'),
      );
      expect(chain).to.equal(facts.digest);
    });
  }

  it('gives each index another place, and every place to somebody', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, number) => {
        const places = shuffle(seedNumber(number), count);
        return new Set(places).size === count && Math.max(...places) === count;
      }),
      { numRuns: 20 },
    );
  });

  it('gives every place to every index equally often', () => {
    const [count, draws] = [7, 700];
    const seen = Array.from({ length: count }, () => new Array<number>(count).fill(0));
    for (let number = 0; number < draws; number += 1) {
      for (const [index, place] of shuffle(seedNumber(number), count).entries()) {
        const row = seen[index] as number[];
        row[place - 1] = (row[place - 1] ?? 0) + 1;
      }
    }
    // Chi-squared with 6 degrees of freedom: 30 is passed once in 25,000 fair rows. Seeds are fixed.
    const expected = draws / count;
    for (const row of seen) {
      const chi = row.reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0);
      expect(chi, row.join(' ')).to.be.lessThan(30);
    }
  });

  it('does not prefer who registered early', () => {
    const [count, draws] = [101, 60];
    let early = 0;
    for (let number = 0; number < draws; number += 1) {
      const places = shuffle(seedNumber(number), count);
      early += places.slice(0, 50).filter((place) => place <= 50).length;
    }
    // 50 × 50 / 101 of them a draw, with a deviation of 2.5: five of them over sixty draws are 1.6.
    expect(early / draws).to.be.within(24.75 - 1.6, 24.75 + 1.6);
  });

  it('gives no place to an index that nobody has', () => {
    for (const index of [0, 6, 1.5]) expect(() => drawSteps(index, 5).next()).to.throw(RangeError);
  });
});
