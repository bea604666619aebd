import { expect } from 'chai';
import { Cluster } from 'ioredis';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../scripts/client/api-client.ts';
import { createLogger } from '../../shared/logger.ts';
import { openRedis } from '../../shared/redis/client.ts';
import { eventually } from '../harness/eventually.ts';
import { type RedisCluster, startRedisCluster } from '../harness/redis-cluster.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { testRedisUrl } from '../harness/test-stores.ts';

/** The way of a client: told to come back, it does. A machine under load makes Redis look away. */
const served = <A extends Answer>(call: () => Promise<A>): Promise<A> =>
  eventually(async () => {
    const answer = await call();
    if (answer.status === 503) throw new Error(JSON.stringify(answer.body));
    return answer;
  });

describe('story: a sale on a Redis Cluster of three masters', () => {
  let cluster: RedisCluster;
  let stack: Stack;
  before(async () => {
    cluster = await startRedisCluster(3);
    stack = await startStack({
      env: { RATE_LIMITS: 'on', LOCK_REDIS_URLS: testRedisUrl() },
      stores: async (urls) => ({ ...urls, redisUrl: cluster.url }),
    });
  });
  after(async () => {
    await stack.close();
    await cluster.close();
  });

  it('rooms lie on several nodes; in each people join, are let in, buy, and make way', async () => {
    const concerts = [];
    for (let at = 0; at < 6; at += 1)
      concerts.push(
        await eventually(() =>
          stack.createConcert({ seats: 4, price: 1_000, policy: { maxActive: 1 } }),
        ),
      );
    await Promise.all(
      concerts.map(async ({ concertId, scheduleId, seatIds }) => {
        const [first, second] = await stack.fans(2, { points: 5_000 });
        if (!first || !second) throw new Error('no fans');
        expect((await served(() => first.join(concertId))).body).to.include({
          status: 'ACTIVE',
          queueId: '1',
        });
        expect((await served(() => second.join(concertId))).body).to.include({
          status: 'WAITING',
          queueId: '2',
        });
        const wish = { scheduleId, seatIds: seatIds.slice(0, 1) };
        const keyed = { idempotencyKey: `hold-${concertId}` };
        const held = await served(() => first.hold(concertId, wish, keyed));
        expect(held.status, JSON.stringify(held.body)).to.equal(201);
        const ids = held.body.reservations.map(({ reservationId }) => reservationId);
        const pay = { idempotencyKey: `pay-${concertId}` };
        const paid = await served(() => first.pay(concertId, ids, pay));
        expect(paid.status, JSON.stringify(paid.body)).to.equal(201);
        await eventually(() => second.enter(concertId, 20_000), { deadlineMs: 20_000 });
        expect(await second.seats(concertId, scheduleId)).to.have.length(4);
      }),
    );
    for (const { concertId } of concerts) {
      const { body } = await stack.api.call<{ tail: number }>('GET', `/queue/${concertId}`);
      expect(body.tail).to.equal(2);
    }
    const spread = (await cluster.keysPerNode('*{room:*}:state')).filter((count) => count > 0);
    expect(spread.length, 'nodes that keep rooms').to.be.greaterThan(1);
    expect(await stack.violations()).to.deep.equal([]);
  });

  it('a stream hears of every change, whichever node says it', async () => {
    const { concertId } = await stack.createConcert({ seats: 4, price: 1_000 });
    const answer = await fetch(`${stack.gatewayUrl}/queue/${concertId}/events`);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const reading = (async () => {
      for (;;) {
        const chunk = await reader?.read();
        if (!chunk || chunk.done) return;
        heard += chunk.value;
      }
    })();
    const [fan] = await stack.fans(1);
    await eventually(async () => expect((await fan?.join(concertId))?.status).to.be.below(300));
    await eventually(() => expect(heard).to.include('"tail":1'));
    await reader?.cancel();
    await reading;
  });

  it('a node that is away is 503 for its rooms alone; they go on when it is back', async () => {
    const rooms = [];
    for (let at = 0; at < 8; at += 1)
      rooms.push((await stack.createConcert({ seats: 1, price: 1 })).concertId);
    const [fan] = await stack.fans(1);
    for (const room of rooms)
      await eventually(async () => expect((await fan?.join(room))?.status).to.be.below(300));
    const [node] = cluster.nodes;
    const isHere = async (room: string): Promise<boolean> =>
      ((await node?.keys(`*{room:${room}}:state`)) ?? []).length > 0;
    const here = await Promise.all(rooms.map(isHere));
    const silent = rooms.find((_, at) => here[at]);
    const other = rooms.find((_, at) => !here[at]);
    if (!silent || !other || !node) throw new Error('all rooms on one node');
    await node.call('CLIENT', 'PAUSE', 3_000, 'ALL');
    expect((await fan?.join(silent))?.status).to.equal(503);
    await eventually(async () => expect((await fan?.join(other))?.status).to.equal(200));
    expect((await fan?.join(silent))?.status, 'still').to.equal(503);
    const back = await eventually(async () => {
      const answer = await fan?.join(silent);
      expect(answer?.status).to.equal(200);
      return answer;
    });
    expect(back?.body.queueId).to.equal('1');
  });
});

describe('a client of a Redis Cluster that is let go', () => {
  let cluster: RedisCluster;
  before(async () => {
    cluster = await startRedisCluster(3);
  });
  after(() => cluster.close());

  it('in the middle of asking for the slots, asks no more', async () => {
    const log = createLogger({ level: 'silent', service: 'test' });
    const client = await openRedis({ url: cluster.url, profile: 'command', log });
    if (!(client instanceof Cluster)) throw new Error('not a cluster');
    const ask = client.refreshSlotsCache.bind(client);
    let asked = 0;
    // It asks once a second; the answer comes when it has been let go.
    client.refreshSlotsCache = (callback) => {
      asked += 1;
      ask(callback);
      client.disconnect();
    };
    await once(client, 'end');
    await sleep(2_500);
    expect(asked).to.equal(1);
  });
});
