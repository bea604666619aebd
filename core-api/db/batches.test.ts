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

const turn = () => new Promise((resolve) => setImmediate(resolve));

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
    expect(ran).to.deep.equal([[1, 3, 4, 5], [6], [2]]);
    expect(words.map((word) => word.split(' ')[0])).to.deep.equal([
      ...['together', 'alone', 'together', 'together', 'together', 'alone'],
    ]);
  });

  it('take calls with a key in common together where they may meet, one batch at a time', async () => {
    const ends: (() => void)[] = [];
    const { ran, batched } = open({
      keysMayMeet: true,
      alone: ({ id }) => new Promise((resolve) => ends.push(() => resolve(`alone ${id}`))),
    });
    const first = batched(callOf(1, 'a'));
    await turn();
    const others = [2, 3].map((id) => batched(callOf(id, 'a')));
    expect(await Promise.all([4, 5].map((id) => batched(callOf(id, 'b'))))).to.deep.equal([
      'together 4',
      'together 5',
    ]);
    expect(ran).to.deep.equal([[4, 5]]);
    ends[0]?.();
    expect(await first).to.equal('alone 1');
    expect(await Promise.all(others)).to.deep.equal(['together 2', 'together 3']);
    expect(ran).to.deep.equal([
      [4, 5],
      [2, 3],
    ]);
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

  it('never run calls with a key in common at the same time', async () => {
    const ends: (() => void)[] = [];
    const { batched } = open({
      alone: ({ id }) => new Promise((resolve) => ends.push(() => resolve(`alone ${id}`))),
    });
    const calls = [callOf(1, 'a'), callOf(2, 'a')].map(batched);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(ends).to.have.length(1);
    ends[0]?.();
    expect(await calls[0]).to.equal('alone 1');
    await turn();
    ends[1]?.();
    expect(await calls[1]).to.equal('alone 2');
  });

  it('ask about everybody first, by one read, and about rivals when something is taken and at its end', async () => {
    const sold = new Set<string>();
    let finish = (_: string): void => undefined;
    let take = (): void => undefined;
    const asked: number[][] = [];
    const { ran, batched } = open({
      alone: ({ id }, { wasAsked, taken }) => {
        if (id !== 1) return Promise.resolve(`alone ${id}, ${wasAsked ? 'asked' : 'not asked'}`);
        take = taken;
        return new Promise((resolve) => (finish = resolve));
      },
      refusals: (calls) => {
        asked.push(calls.map(({ id }) => id));
        return Promise.resolve(
          calls.map(({ key }) => (sold.has(key) ? new Problem('seat-taken') : undefined)),
        );
      },
    });
    const first = batched(callOf(1, 'a'));
    await turn();
    await turn();
    const [second, third] = [2, 3].map((id) => wordOf(batched(callOf(id, 'a'))));
    const other = batched(callOf(4, 'b'));
    expect(await other).to.equal('alone 4, asked');
    expect(asked).to.deep.equal([[1], [2, 3, 4]]);
    sold.add('a');
    take();
    expect(await Promise.all([second, third])).to.deep.equal(['seat-taken', 'seat-taken']);
    sold.clear();
    const fourth = wordOf(batched(callOf(5, 'a')));
    // After a refusal others are waited for a moment.
    while (asked.length < 4) await turn();
    await turn();
    sold.add('a');
    finish('won');
    expect([await first, await fourth]).to.deep.equal(['won', 'seat-taken']);
    expect(asked).to.deep.equal([[1], [2, 3, 4], [2, 3], [5], [5]]);
    // None of them took a place in a lane.
    expect(ran).to.deep.equal([]);
  });

  it('let everybody go on of whom nothing could be read', async () => {
    let finish = (_: string): void => undefined;
    const { batched } = open({
      alone: ({ id }, { wasAsked }) =>
        id === 1
          ? new Promise((resolve) => (finish = resolve))
          : Promise.resolve(`alone ${id}, ${wasAsked ? 'asked' : 'not asked'}`),
      refusals: () => Promise.reject(new Problem('unavailable')),
    });
    const first = batched(callOf(1, 'a'));
    await turn();
    await turn();
    const late = batched(callOf(2, 'a'));
    await turn();
    finish('done');
    expect([await first, await late]).to.deep.equal(['done', 'alone 2, not asked']);
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
