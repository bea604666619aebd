import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createLogger } from '../../shared/logger.ts';
import { openRedis } from '../../shared/redis/client.ts';
import { eventually } from '../harness/eventually.ts';
import { type RedisProcess, startRedis, startSentinel } from '../harness/redis-process.ts';
import { type Gateways, startGateways } from './gateways.ts';

const replicaIsKnown = async (port: number): Promise<void> => {
  const sentinel = new Redis(port, '127.0.0.1');
  await eventually(
    async () => {
      const replicas = (await sentinel.call('SENTINEL', 'replicas', 'line')) as string[][];
      const flags = replicas[0]?.[replicas[0].indexOf('flags') + 1];
      const link = replicas[0]?.[replicas[0].indexOf('master-link-status') + 1];
      expect([flags, link]).to.deep.equal(['slave', 'ok']);
    },
    { deadlineMs: 15_000, intervalMs: 100 },
  );
  sentinel.disconnect();
};

/** A sentinel that was kept from running for two seconds does nothing for thirty (TILT). */
const deadlineMs = 45_000;

describe('a primary behind sentinels that dies, two gateways', () => {
  const servers: RedisProcess[] = [];
  let line: Gateways;
  let primary: RedisProcess;
  before(async () => {
    primary = await startRedis();
    const replica = await startRedis({ replicaof: `127.0.0.1 ${primary.port}` });
    const sentinel = await startSentinel(primary.port);
    servers.push(primary, replica, sentinel);
    await replicaIsKnown(sentinel.port);
    const url = `redis-sentinel://127.0.0.1:${sentinel.port}/line`;
    line = await startGateways({ count: 2, redisUrls: [url, url] });
  });
  after(async () => {
    await line.close();
    await Promise.all(servers.map((server) => server.kill()));
  });

  it('the line goes on; everybody keeps the place, no number is given twice, nobody extra is in', async () => {
    const room = line.core.addRoom({ maxActive: 2 });
    const fans = Array.from({ length: 8 }, (_, at) => line.fan(at + 1, at % 2));
    const [first, , third] = fans;
    if (!first || !third) throw new Error('no fans');
    for (const fan of fans)
      await eventually(async () => expect((await fan.join(room)).status).to.be.below(300));
    const placeOf = new Map<string, string>();
    for (const fan of fans)
      await eventually(async () => {
        const answer = await fan.status(room);
        expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
        placeOf.set(fan.userId, String(answer.body.queueId));
      });

    await primary.kill();
    for (const fan of fans)
      await eventually(
        async () => {
          const answer = await fan.status(room);
          expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
          expect(answer.body.queueId).to.equal(placeOf.get(fan.userId));
        },
        { deadlineMs },
      );
    const late = line.fan(51, 1);
    const joined = await eventually(
      async () => {
        const answer = await late.join(room);
        expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
        return answer.body;
      },
      { deadlineMs },
    );
    expect(joined.status).to.equal('WAITING');
    expect([...placeOf.values()]).not.to.include(joined.queueId);

    await eventually(async () => expect((await first.leave(room)).status).to.equal(204));
    await eventually(
      async () => {
        const { body } = await third.status(room);
        expect(body.status, JSON.stringify(body)).to.equal('READY');
      },
      { deadlineMs },
    );
    await eventually(async () => {
      const { body } = await line.api().call<{ active: number }>('GET', `/queue/${room}`);
      expect(body.active).to.equal(2);
    });
  });
});

describe('a primary behind sentinels that is stopped until it is replaced, and wakes', () => {
  const servers: RedisProcess[] = [];
  after(async () => {
    for (const server of servers) await server.kill();
  });

  it('is left at once, though it still takes writes', async () => {
    const primary = await startRedis();
    const replica = await startRedis({ replicaof: `127.0.0.1 ${primary.port}` });
    const watcher = await startSentinel(primary.port);
    servers.push(watcher, primary, replica);
    await replicaIsKnown(watcher.port);
    const url = `redis-sentinel://127.0.0.1:${watcher.port}/line`;
    const log = createLogger({ service: 'test', level: 'silent' });
    const clients = await Promise.all([
      openRedis({ url, profile: 'command', log }),
      openRedis({ url, profile: 'subscriber', log }),
    ]);
    const portOf = (client: unknown): unknown => (client as Redis).stream.remotePort;
    expect(clients.map(portOf)).to.deep.equal([primary.port, primary.port]);

    primary.pause();
    const sentinel = new Redis(watcher.port, '127.0.0.1');
    await eventually(
      async () => {
        const at = await sentinel.call('SENTINEL', 'get-master-addr-by-name', 'line');
        expect(at).to.deep.equal(['127.0.0.1', String(replica.port)]);
      },
      { deadlineMs },
    );
    primary.resume();
    sentinel.disconnect();
    // Sooner than the sentinel makes a replica of it, after eight seconds.
    await eventually(() => expect(clients.map(portOf)).to.deep.equal([replica.port, replica.port]));
    const old = new Redis(primary.port, '127.0.0.1');
    expect(await old.info('replication'), 'it would take writes').to.include('role:master');
    old.disconnect();
    for (const client of clients) client.disconnect();
  });
});

describe('a client behind sentinels that is let go while its primary is away', () => {
  let primary: RedisProcess;
  let watcher: RedisProcess;
  let sentinel: Redis;
  before(async () => {
    primary = await startRedis();
    watcher = await startSentinel(primary.port);
    sentinel = new Redis(watcher.port, '127.0.0.1');
  });
  after(async () => {
    sentinel.disconnect();
    await Promise.all([primary.kill(), watcher.kill()]);
  });

  it('asks the sentinels nothing any more', async () => {
    const log = createLogger({ service: 'test', level: 'silent' });
    const others = async (): Promise<number> => {
      const list = (await sentinel.call('CLIENT', 'LIST', 'TYPE', 'normal')) as string;
      return list.trim().split('\n').length - 1;
    };
    const url = `redis-sentinel://127.0.0.1:${watcher.port}/line`;
    const client = await openRedis({ url, profile: 'command', log });
    await eventually(async () => expect(await others()).to.be.at.least(1));
    await primary.kill();
    await eventually(
      () => {
        expect(client.status).to.equal('reconnecting');
        client.disconnect();
      },
      { intervalMs: 5 },
    );
    await eventually(async () => expect(await others()).to.equal(0));
  });
});
