import { expect } from 'chai';
import { Problem } from '../../shared/problems.ts';
import { BatchUndone, createBatches, type BatchesOptions } from './batches.ts';

interface Call {
  id: number;
  key: string;
  signal: AbortSignal;
}
const { signal } = new AbortController();
const callOf = (id: number, key = String(id)): Call => ({ id, key, signal });

function open(options: Partial<BatchesOptions<Call, string>> = {}) {
  const ran: number[][] = [];
  const batched = createBatches<Call, string>({
    lanes: 2,
    callsMax: 4,
    queueMax: 100,
    waitMs: 1_000,
    keysOf: ({ key }) => [key],
    together: (calls) => {
      ran.push(calls.map(({ id }) => id));
      return Promise.resolve(calls.map(({ id }) => ({ value: `together ${id}` })));
    },
    alone: ({ id }) => {
      ran.push([id]);
      return Promise.resolve(`alone ${id}`);
    },
    ...options,
  });
  return { ran, batched };
}

const wordOf = (call: Promise<string>): Promise<string> =>
  call.catch((error: unknown) => (error instanceof Problem ? error.code : String(error)));

describe('batches', () => {
  it('run a call alone when nobody else is there', async () => {
    const { ran, batched } = open();
    expect(await batched(callOf(1))).to.equal('alone 1');
    expect(ran).to.deep.equal([[1]]);
  });

  it('take calls in their order, so many at most, those with a key in common apart', async () => {
    const { ran, batched } = open();
    const calls = [callOf(1, 'a'), callOf(2, 'a'), ...[3, 4, 5, 6].map((id) => callOf(id))];
    const words = await Promise.all(calls.map(batched));
    expect(ran).to.deep.equal([
      [1, 3, 4, 5],
      [2, 6],
    ]);
    expect(words).to.deep.equal([1, 2, 3, 4, 5, 6].map((id) => `together ${id}`));
  });

  it('give each call its own outcome', async () => {
    const { batched } = open({
      together: (calls) =>
        Promise.resolve(
          calls.map(({ id }) =>
            id === 2 ? { problem: new Problem('seat-taken') } : { value: String(id) },
          ),
        ),
    });
    const words = await Promise.all([1, 2, 3].map((id) => wordOf(batched(callOf(id)))));
    expect(words).to.deep.equal(['1', 'seat-taken', '3']);
  });

  it('run every call alone when the batch is undone, none when the store is away', async () => {
    const undone = open({ together: () => Promise.reject(new BatchUndone()) });
    const words = await Promise.all([1, 2].map((id) => wordOf(undone.batched(callOf(id)))));
    expect(words).to.deep.equal(['alone 1', 'alone 2']);

    const away = open({ together: () => Promise.reject(new Problem('unavailable')) });
    const told = await Promise.all([1, 2].map((id) => wordOf(away.batched(callOf(id)))));
    expect([told, away.ran]).to.deep.equal([['unavailable', 'unavailable'], []]);
  });

  it('refuse who waits too long or finds too many waiting, and who left is not begun', async () => {
    let finish = (_: string): void => undefined;
    const slow = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const leaver = new AbortController();
    const { ran, batched } = open({ lanes: 1, queueMax: 2, waitMs: 20, alone: () => slow });
    const first = batched(callOf(1));
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = [2, 3, 4].map((id) => wordOf(batched(callOf(id))));
    expect(await Promise.all(waiting)).to.deep.equal(Array(3).fill('unavailable'));
    const left = wordOf(batched({ ...callOf(5), signal: leaver.signal }));
    leaver.abort();
    finish('done');
    expect([await first, await left, ran]).to.deep.equal(['done', 'unavailable', []]);
  });
});
