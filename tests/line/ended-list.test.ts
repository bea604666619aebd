import { expect } from 'chai';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually.ts';
import { createTcpProxy, type TcpProxy } from '../harness/tcp-proxy.ts';
import { testRedisUrl } from '../harness/test-stores.ts';
import { type Gateways, startGateways } from './gateways.ts';

describe('a token that has ended', () => {
  let line: Gateways;
  let wire: TcpProxy;
  let redis: Redis;
  before(async () => {
    const target = new URL(testRedisUrl());
    wire = await createTcpProxy({ host: target.hostname, port: Number(target.port) });
    target.host = `127.0.0.1:${wire.port}`;
    line = await startGateways({ count: 2, redisUrls: [undefined, target.href] });
    redis = new Redis(testRedisUrl());
  });
  after(async () => {
    redis.disconnect();
    await line.close();
    await wire.close();
  });

  /** What a read is answered with; the fake core is not there, so a token that works gets 5xx. */
  async function readAt(at: number, room: string, token: string | undefined) {
    const path = `/concerts/${room}/schedules`;
    const call = { queueToken: token };
    const answer = await line.api(at).call<{ code: string; reason?: string }>('GET', path, call);
    return answer.status < 500 ? `${answer.status} ${answer.body.reason}` : 'forwarded';
  }

  it('stops working on every gateway within a second', async () => {
    const room = line.core.addRoom();
    const fan = line.fan(1);
    await fan.join(room);
    const token = fan.queueToken;
    expect(await readAt(1, room, token)).to.equal('forwarded');
    await fan.leave(room);
    await eventually(async () => expect(await readAt(1, room, token)).to.equal('410 left'), {
      deadlineMs: 1_000,
    });
  });

  it('stops working at once for calls that move seats, also where the news is not heard', async () => {
    const room = line.core.addRoom();
    const fan = line.fan(2);
    await fan.join(room);
    expect(await readAt(1, room, fan.queueToken)).to.equal('forwarded');
    // Nobody is told: the lease is gone from Redis, as after a failover that lost the news.
    await redis.zrem(`${line.namespace}{room:${room}}:leases`, 1);
    await redis.hdel(`${line.namespace}{room:${room}}:inside`, '1');
    const body = { scheduleId: '1', quantity: 1 };
    const hold = await line
      .api(1)
      .call<{ code: string }>('POST', `/concerts/${room}/reservations`, {
        body,
        queueToken: fan.queueToken,
        accessToken: fan.accessToken,
      });
    expect([hold.status, hold.body.code]).to.deep.equal([410, 'queue-token-ended']);
  });

  it('is known after a lost connection, by reading the list again', async () => {
    const room = line.core.addRoom();
    const fan = line.fan(3);
    await fan.join(room);
    expect(await readAt(1, room, fan.queueToken)).to.equal('forwarded');
    wire.cut();
    await fan.leave(room);
    expect(await readAt(1, room, fan.queueToken), 'not heard yet').to.equal('forwarded');
    wire.mend();
    await eventually(async () =>
      expect(await readAt(1, room, fan.queueToken)).to.equal('410 left'),
    );
  });

  it('is known to a gateway that starts later', async () => {
    const room = line.core.addRoom();
    const fan = line.fan(4);
    await fan.join(room);
    await fan.leave(room);
    // Gateway 1 has never heard of this room; it opens it and reads the list.
    await line.api(1).call('GET', `/queue/${room}`);
    expect(await readAt(1, room, fan.queueToken)).to.equal('410 left');
  });

  it('makes room once, however often it is ended', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const inside = line.fan(1);
    await inside.join(room);
    const waiting = Array.from({ length: 5 }, (_, at) => line.fan(10 + at, at % 2));
    for (const fan of waiting) await fan.join(room);
    await Promise.all(Array.from({ length: 60 }, () => inside.leave(room)));
    await eventually(async () => {
      const { body } = await line.api().call<{ active: number }>('GET', `/queue/${room}`);
      expect(body).to.include({ front: 2, active: 1 });
    });
  });
});
