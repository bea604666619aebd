import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import { startStack, type Stack } from '../harness/stack.ts';
import { readOperations } from './operations.ts';
import { runFuzz } from './run-fuzz.ts';

describe('the public calls, by their document alone', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.close());

  it('answer what is documented, whatever is asked, and every invariant holds after it', async () => {
    const seed = randomInt(2 ** 31 - 1);
    console.log(`      npm run fuzz -- --requests 300 --seed ${seed}`);
    const { requests, statuses, faults } = await runFuzz({ stack, requests: 300, seed });
    expect(Object.fromEntries(faults), `seed ${seed}`).to.deep.equal({});
    expect(requests).to.be.at.least(300);
    expect(statuses.size, 'calls that were made').to.be.at.least(readOperations().length * 0.8);
    expect(await stack.violations()).to.deep.equal([]);
  }).timeout(120_000);
});
