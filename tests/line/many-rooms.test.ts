import { expect } from 'chai';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually.ts';
import { type RedisProcess, startRedis } from '../harness/redis-process.ts';
import { type Gateways, startGateways } from './gateways.ts';

const rooms = 200;
const token = 'a-token-for-many-rooms';

describe('two hundred rooms on one gateway', () => {
  let server: RedisProcess;
  let redis: Redis;
  let line: Gateways;
  before(async () => {
    server = await startRedis();
    redis = new Redis(server.port, '127.0.0.1');
    line = await startGateways({
      redisUrls: [`redis://127.0.0.1:${server.port}`],
      env: { METRICS_TOKEN: token },
    });
  });
  after(async () => {
    await line.close();
    redis.disconnect();
    await server.kill();
  });

  /** One after the other: a client that is told to come back does. */
  const join = (room: string, account: number) =>
    eventually(
      async () => {
        const { status, body } = await line.fan(account).join(room);
        expect(status, JSON.stringify(body)).to.be.below(300);
      },
      { deadlineMs: 10_000, intervalMs: 200 },
    );

  const tailOf = async (room: string): Promise<number> =>
    (await line.api().call<{ tail: number }>('GET', `/queue/${room}`)).body.tail;

  async function counters(): Promise<{ ticks: number; calls: number }> {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${line.gateways[0]?.url}/metrics`, { headers });
    const text = await answer.text();
    const read = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
    return { ticks: read('line_ticks_total'), calls: read('line_tick_redis_calls_total') };
  }

  it('all tick in every pass, each for a handful of calls to Redis, and show who has come', async () => {
    const ids = Array.from({ length: rooms }, () => line.core.addRoom({ maxActive: 1 }));
    for (let at = 0; at < rooms; at += 20)
      await Promise.all(ids.slice(at, at + 20).map((room) => join(room, 1)));
    for (const room of ids) await eventually(async () => expect(await tailOf(room)).to.equal(1));

    const tickedAt = async (): Promise<number[]> => {
      const pipeline = redis.pipeline();
      for (const room of ids) pipeline.hget(`${line.namespace}{room:${room}}:state`, 'bucketAt');
      return ((await pipeline.exec()) ?? []).map(([, at]) => Number(at));
    };
    // Counted first: a pass between the two would be seen and not counted.
    const before = { ...(await counters()), at: await tickedAt() };
    await eventually(
      async () => {
        const now = await tickedAt();
        expect(now.filter((at, room) => at <= Number(before.at[room])).length).to.equal(0);
      },
      { deadlineMs: 10_000, intervalMs: 50 },
    );
    const after = await counters();
    const ticks = after.ticks - before.ticks;
    expect(ticks / rooms, 'ticks a room until each had ticked').to.be.below(5);
    // The tick, two when there is news, and its share of the leader's lease.
    expect((after.calls - before.calls) / ticks, 'calls to Redis a tick').to.be.below(4);
  });
});
