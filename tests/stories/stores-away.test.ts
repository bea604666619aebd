import { expect } from 'chai';
import type { Answer, ProblemAnswer } from '../../scripts/client/api-client.ts';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';

const through = async (url: string): Promise<{ proxy: TcpProxy; url: string }> => {
  const target = new URL(url);
  const proxy = await createTcpProxy({ host: target.hostname, port: Number(target.port) });
  target.host = `127.0.0.1:${proxy.port}`;
  return { proxy, url: target.toString() };
};

function expectAway(answer: Answer<ProblemAnswer>): void {
  expect([answer.status, answer.body.code], JSON.stringify(answer.body)).to.deep.equal([
    503,
    'unavailable',
  ]);
  expect(Number(answer.headers['retry-after'])).to.be.greaterThan(0);
}

describe('story: a store goes away and comes back', () => {
  let stack: Stack;
  let mysql: TcpProxy;
  let redis: TcpProxy;
  before(async () => {
    stack = await startStack({
      env: { REDIS_TIMEOUT_MS: '250' },
      stores: async ({ databaseUrl, redisUrl }) => {
        const [a, b] = [await through(databaseUrl), await through(redisUrl)];
        mysql = a.proxy;
        redis = b.proxy;
        return { databaseUrl: a.url, redisUrl: b.url };
      },
    });
  });
  after(async () => {
    await stack.close();
    await mysql.close();
    await redis.close();
  });

  it('MySQL: 503 with Retry-After, and everything works again without a restart', async () => {
    const { concertId, scheduleId, seatIds } = await stack.createConcert({ seats: 2, price: 100 });
    const [fan] = await stack.fansInside(concertId, 1, { points: 100 });
    if (!fan) throw new Error('no fan');
    mysql.cut();
    expectAway(await fan.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) }));
    expectAway(await fan.charge(1));
    const ready = await stack.api.call<ProblemAnswer>('GET', '/health/ready');
    expect(ready.status, JSON.stringify(ready.body)).to.equal(503);
    expect((await stack.api.call('GET', '/health/live')).status).to.equal(200);
    mysql.mend();
    await eventually(
      async () => {
        const held = await fan.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) });
        expect(held.status, JSON.stringify(held.body)).to.equal(201);
        const ids = held.body.reservations.map(({ reservationId }) => reservationId);
        expect((await fan.pay(concertId, ids)).status).to.equal(201);
      },
      { deadlineMs: 5_000 },
    );
  });

  it('Redis: nobody is admitted, the admitted go on reading, places are kept', async () => {
    const { concertId, scheduleId, seatIds } = await stack.createConcert({
      seats: 2,
      price: 100,
      policy: { maxActive: 1 },
    });
    const [inside] = await stack.fansInside(concertId, 1, { points: 100 });
    const [waiting, late] = await stack.fans(2);
    if (!inside || !waiting || !late) throw new Error('no fans');
    expect((await waiting.join(concertId)).body.queueId).to.equal('2');

    redis.cut();
    const startedAt = performance.now();
    expectAway(await late.join(concertId));
    expectAway(await inside.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) }));
    expect(performance.now() - startedAt, 'two refusals in ms').to.be.lessThan(2_000);
    expect(await inside.schedules(concertId)).to.have.length(1);

    redis.mend();
    await eventually(
      async () => {
        const again = await waiting.join(concertId);
        expect(again.status, JSON.stringify(again.body)).to.equal(200);
        expect(again.body.queueId).to.equal('2');
        const held = await inside.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) });
        expect(held.status, JSON.stringify(held.body)).to.equal(201);
      },
      { deadlineMs: 8_000 },
    );
    expect((await late.join(concertId)).body.queueId).to.equal('3');
  });

  it('Redis frozen: 503 within 300 ms, reads of the admitted go on, and back by itself', async () => {
    const { concertId, scheduleId, seatIds } = await stack.createConcert({ seats: 2, price: 100 });
    const [inside] = await stack.fansInside(concertId, 1, { points: 100 });
    const [late] = await stack.fans(1);
    if (!inside || !late) throw new Error('no fans');
    const hold = () => inside.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) });

    redis.freeze();
    expectAway(await late.join(concertId));
    expectAway(await hold());
    const tookMs: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const startedAt = performance.now();
      expectAway(i % 2 === 0 ? await late.join(concertId) : await hold());
      tookMs.push(performance.now() - startedAt);
    }
    const [median = Infinity] = tookMs.sort((a, b) => a - b).slice(10);
    expect(median, 'half of the refusals in ms').to.be.lessThan(300);
    expect(await inside.schedules(concertId)).to.have.length(1);

    redis.mend();
    await eventually(
      async () => {
        const joined = await late.join(concertId);
        expect(joined.status, JSON.stringify(joined.body)).to.be.lessThan(300);
      },
      { deadlineMs: 8_000 },
    );
    const held = await hold();
    expect(held.status, JSON.stringify(held.body)).to.equal(201);
  });
});
