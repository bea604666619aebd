import { expect } from 'chai';
import { Redis } from 'ioredis';
import { transpileModule } from 'typescript';
import { testRedisUrl } from '../../harness/test-stores.ts';
import { read } from '../../tidy/tree.ts';
import { applyEdits } from './apply-edits.mjs';
import { hunt } from './hunt.ts';
import { type Lair, openLair } from './lair.ts';
import { mutants } from './mutants.ts';

describe('the mutants', () => {
  let redis: Redis;
  before(() => {
    redis = new Redis(testRedisUrl());
  });
  after(() => redis.disconnect());

  /** What is wrong with a text as a program; empty when nothing is. */
  async function faultsOf(file: string, text: string): Promise<string[]> {
    if (file.endsWith('.lua')) {
      const script = 'local _, fault = loadstring(ARGV[1]); return fault';
      return [(await redis.eval(script, 0, text)) as string | null].flatMap((one) => one ?? []);
    }
    const { diagnostics = [] } = transpileModule(text, { reportDiagnostics: true });
    return diagnostics.map(({ messageText }) => JSON.stringify(messageText));
  }

  it('are twelve or more, each seen by a checker', () => {
    expect(mutants.length).to.be.at.least(12);
    for (const { name, seenBy } of mutants) expect(seenBy, name).to.not.have.length(0);
  });

  for (const { name, edits } of mutants) {
    it(`${name}: what it changes is there, once, and is a program afterwards`, async () => {
      for (const { file, from } of edits) {
        expect(read(file).split(from).length - 1, `${file}: ${from}`).to.equal(1);
      }
      for (const file of new Set(edits.map((edit) => edit.file))) {
        const text = applyEdits(file, read(file), edits);
        expect(text).to.not.equal(read(file));
        expect(await faultsOf(file, text), file).to.deep.equal([]);
      }
    });
  }
});

/** One of the core and one of the line; `npm run faults -- --mutants` hunts them all. */
const quick = ['the balance is read, then written', 'three slots too many'];

describe('mutants at large', function () {
  this.timeout(180_000);
  let lair: Lair;
  before(async () => {
    lair = await openLair();
  });
  after(() => lair.close());

  for (const start of quick) {
    it(`${start} …: is seen by a checker`, async () => {
      const mutant = mutants.find(({ name }) => name.startsWith(start));
      if (!mutant) throw new Error(`there is no mutant ${start}`);
      const { found } = await hunt(mutant, { lair, seconds: 60, seed: 1 });
      const names = found.map(({ checker }) => checker.split(':')[0]);
      // Whichever of its own looks first.
      expect(names).to.satisfy(() => mutant.seenBy.some((one) => names.includes(one)), `${names}`);
    });
  }
});
