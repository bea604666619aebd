import { expect } from 'chai';
import { createKept } from './kept.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** What is kept of a world whose version is told by the test, by a clock that it turns. */
function keptWorld() {
  const world = { version: 1, now: 0, loads: 0, isThere: true, isAway: false };
  const befores: (number | undefined)[] = [];
  const kept = createKept<{ version: number }>({
    load: async (_key, before) => {
      world.loads += 1;
      befores.push(before?.version);
      const { version, isThere } = world;
      await settle();
      if (world.isAway) throw new Error('away');
      return isThere ? { version } : undefined;
    },
    now: () => world.now,
    keysMax: 10,
    refreshMs: 250,
    maxAgeMs: 500,
  });
  const read = async () => (await kept.get('a'))?.version;
  return { world, befores, kept, read };
}

describe('what is kept', () => {
  it('is read once for a crowd, and again behind the answer when it grows old', async () => {
    const { world, read } = keptWorld();
    expect(await read()).to.equal(1);
    world.version = 2;
    for (let asked = 0; asked < 100; asked += 1) expect(await read()).to.equal(1);
    expect(world.loads).to.equal(1);
    world.now = 251;
    expect(await Promise.all(Array.from({ length: 100 }, read))).to.include(1);
    await settle();
    await settle();
    expect(await read()).to.equal(2);
    expect(world.loads).to.equal(2);
  });

  it('is never older than it may be, whatever becomes of reading it anew', async () => {
    const { world, read } = keptWorld();
    await read();
    world.version = 2;
    world.now = 501;
    expect(await read()).to.equal(2);
    world.isAway = true;
    world.now = 800;
    expect(await read()).to.equal(2);
    world.now = 1_100;
    const failed = await read().catch((error: Error) => error.message);
    expect(failed).to.equal('away');
  });

  it('is read anew after it was forgotten, also when a read from before ends later', async () => {
    const { world, befores, kept, read } = keptWorld();
    await read();
    world.now = 300;
    await read();
    world.version = 2;
    kept.forget();
    expect(await read()).to.equal(2);
    await settle();
    expect(await read()).to.equal(2);
    expect(befores.at(-1), 'what was kept is still told to the next read').to.equal(1);
  });

  it('is nothing when nothing is there, and that is not kept', async () => {
    const { world, read } = keptWorld();
    await read();
    world.isThere = false;
    world.now = 501;
    expect(await read()).to.equal(undefined);
    world.isThere = true;
    expect(await read()).to.equal(1);
  });
});
