import { expect } from 'chai';
import { createLock, type RedlockClient } from './lock.ts';
import { createLockNode } from './lock-node.ts';
import { createSemaphore } from './semaphore.ts';

/** A Redis master that knows just enough: SET NX of all keys, or DEL of one's own. */
function createNode() {
  const keys = new Map<string, string>();
  const state = { mode: 'up' as 'up' | 'frozen' | 'dead', calls: 0 };
  const run = (keyCount: number, args: readonly string[]): number => {
    const names = args.slice(0, keyCount);
    const [value = ''] = args.slice(keyCount);
    if (args.length === keyCount + 1) {
      const own = names.filter((name) => keys.get(name) === value);
      own.forEach((name) => keys.delete(name));
      return own.length;
    }
    if (names.some((name) => keys.has(name))) return 0;
    names.forEach((name) => keys.set(name, value));
    return names.length;
  };
  const client = {
    evalsha: (_hash: string, keyCount: number, ...args: string[]): Promise<unknown> => {
      state.calls += 1;
      if (state.mode === 'frozen') return Promise.reject(new Error('Command timed out'));
      if (state.mode === 'dead') return Promise.reject(new Error('Stream isn’t writeable'));
      return Promise.resolve(run(keyCount, args));
    },
    eval: () => Promise.reject(new Error('not needed')),
  };
  return { client, state, keys };
}

const nodeOf = ({ client }: ReturnType<typeof createNode>, now?: () => number): RedlockClient =>
  createLockNode(client, { restMs: 1_000, ...(now ? { now } : {}) });

const lockOver = (nodes: ReturnType<typeof createNode>[], ttlMs = 8_000) =>
  createLock({ clients: nodes.map((node) => nodeOf(node)), ttlMs, minValidityMs: 100 });

describe('lock', () => {
  it('refuses an even number of nodes', () => {
    for (const count of [0, 2, 4]) {
      const nodes = Array.from({ length: count }, createNode);
      expect(() => lockOver(nodes), String(count)).to.throw('odd number');
    }
  });

  it('gives all keys or none, and tells contention from absence', async () => {
    const nodes = [createNode(), createNode(), createNode()];
    const lock = lockOver(nodes);
    const held = await lock.acquire(['b', 'a'], 0);
    expect(held.outcome).to.equal('held');
    expect((await lock.acquire(['c', 'a'], 0)).outcome).to.equal('contended');
    expect([...(nodes[0]?.keys.keys() ?? [])]).to.deep.equal(['a', 'b']);
    if (held.outcome === 'held') await held.release();
    expect((await lock.acquire(['c', 'a'], 0)).outcome).to.equal('held');
    for (const { state } of nodes.slice(1)) state.mode = 'dead';
    expect((await lock.acquire(['d'], 0)).outcome).to.equal('away');
  });

  it('goes on with one of three nodes dead or frozen, also when contended', async () => {
    for (const mode of ['dead', 'frozen'] as const) {
      const nodes = [createNode(), createNode(), createNode()];
      const [first] = nodes;
      if (first) first.state.mode = mode;
      const lock = lockOver(nodes);
      expect((await lock.acquire(['a'], 0)).outcome, mode).to.equal('held');
      expect((await lock.acquire(['a'], 0)).outcome, mode).to.equal('contended');
    }
  });

  it('waits for a key that comes free in time', async () => {
    const lock = lockOver([createNode()]);
    const held = await lock.acquire(['a'], 0);
    const waiting = lock.acquire(['a'], 2_000);
    if (held.outcome === 'held') await held.release();
    expect((await waiting).outcome).to.equal('held');
  });

  it('does not hand out a lock that is about to expire', async () => {
    const lock = lockOver([createNode()], 50);
    expect((await lock.acquire(['a'], 0)).outcome).to.equal('away');
  });

  it('a release that fails is no error', async () => {
    const node = createNode();
    const held = await lockOver([node]).acquire(['a'], 0);
    node.state.mode = 'dead';
    if (held.outcome !== 'held') throw new Error(held.outcome);
    await held.release();
  });

  it('asks a frozen node once per rest, not once per caller', async () => {
    const node = createNode();
    node.state.mode = 'frozen';
    let now = 0;
    const resting = nodeOf(node, () => now);
    const ask = () =>
      resting.evalsha('x', 1, ['k', 'v', '1']).catch((error: Error) => error.message);
    await ask();
    await Promise.all([ask(), ask(), ask()]);
    expect(node.state.calls).to.equal(1);
    now = 1_001;
    await Promise.all([ask(), ask(), ask()]);
    expect(node.state.calls).to.equal(2);
    node.state.mode = 'up';
    now = 2_500;
    expect(await ask()).to.equal(1);
    await Promise.all([ask(), ask()]);
    expect(node.state.calls).to.equal(5);
  });
});

describe('semaphore', () => {
  it('lets so many work, so many wait, and refuses the others', async () => {
    let working = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const semaphore = createSemaphore({
      places: 2,
      queueMax: 3,
      waitMs: 5_000,
      refuse: () => new Error('full'),
    });
    const calls = Array.from({ length: 7 }, () =>
      semaphore
        .use(async () => {
          working += 1;
          most = Math.max(most, working);
          await new Promise<void>((resolve) => ends.push(resolve));
          working -= 1;
        })
        .then(
          () => 'done',
          (error: Error) => error.message,
        ),
    );
    expect(await Promise.all(calls.slice(5))).to.deep.equal(['full', 'full']);
    for (let ended = 0; ended < 5; ended += 1) {
      while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
      ends.shift()?.();
    }
    expect(await Promise.all(calls)).to.deep.equal([...Array(5).fill('done'), 'full', 'full']);
    expect(most).to.equal(2);
  });

  it('refuses who has waited too long, and keeps the place for the next', async () => {
    const semaphore = createSemaphore({
      places: 1,
      queueMax: 5,
      waitMs: 10,
      refuse: () => new Error('late'),
    });
    let end: () => void = () => undefined;
    const first = semaphore.use(() => new Promise<void>((resolve) => (end = resolve)));
    const late = await semaphore.use(() => Promise.resolve('in')).catch((e: Error) => e.message);
    expect(late).to.equal('late');
    end();
    await first;
    expect(await semaphore.use(() => Promise.resolve('in'))).to.equal('in');
  });
});
