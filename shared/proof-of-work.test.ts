import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { hasZeroBits, solveWork } from './proof-of-work.ts';

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

describe('proof of work', () => {
  it('finds a number whose hash, as the platform computes it, has the zero bits', async () => {
    const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 44 });
    await fc.assert(
      fc.asyncProperty(ascii, fc.integer({ min: 0, max: 10 }), async (prefix, difficulty) => {
        const number = await solveWork({ prefix, difficulty });
        expect(hasZeroBits(hashOf(prefix + number), difficulty)).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });

  it('finds the first one: none before it would do', async () => {
    const task = { prefix: 'concert.', difficulty: 8 };
    const number = Number(await solveWork(task));
    const earlier = Array.from({ length: number }, (_, i) => hashOf(`${task.prefix}${i}`));
    expect(earlier.some((hash) => hasZeroBits(hash, task.difficulty))).to.equal(false);
  });

  it('rests on the way', async () => {
    let rests = 0;
    await solveWork({ prefix: 'a long way.', difficulty: 17 }, async () => (rests += 1));
    expect(rests).to.be.greaterThan(0);
  });

  it('counts zero bits across bytes', () => {
    const hash = Buffer.from('00001fff00000000', 'hex');
    expect([18, 19, 20].map((bits) => hasZeroBits(hash, bits))).to.deep.equal([true, true, false]);
  });

  it('takes no prefix that does not fit', async () => {
    const refused = await solveWork({ prefix: 'x'.repeat(45), difficulty: 1 }).catch(String);
    expect(refused).to.match(/too long/);
  });
});
