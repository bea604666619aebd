import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { eventually } from '../../tests/harness/eventually.ts';
import { createTcpProxy, type TcpProxy } from '../../tests/harness/tcp-proxy.ts';
import { testRedisUrl } from '../../tests/harness/test-stores.ts';
import { createLogger } from '../logger.ts';
import { openRedis, type RedisClient } from './client.ts';

const log = createLogger({ service: 'test', level: 'silent' });

describe('a client of Redis', () => {
  let wire: TcpProxy;
  let redis: RedisClient;
  const key = `t-${randomBytes(6).toString('hex')}`;
  beforeEach(async () => {
    // Past the wire all stays the same, the password too.
    const url = new URL(testRedisUrl());
    wire = await createTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.port = String(wire.port);
    redis = await openRedis({ url: url.href, profile: 'command', log });
  });
  afterEach(async () => {
    wire.mend();
    await eventually(() => redis.del(key));
    redis.disconnect();
    await wire.close();
  });

  const outcome = (call: Promise<unknown>): Promise<string> =>
    call.then(String, (error: unknown) => (error instanceof Error ? error.message : 'no error'));

  it('gives up on a server that is silent, refuses at once, and hears when it is back', async () => {
    wire.freeze();
    expect(await outcome(redis.ping())).to.equal('Command timed out');
    const refused = await Promise.all(Array.from({ length: 100 }, () => outcome(redis.incr(key))));
    expect(new Set(refused)).to.deep.equal(new Set(['Redis is silent']));
    wire.mend();
    await eventually(async () => expect(await outcome(redis.ping())).to.equal('PONG'));
    expect(await redis.get(key), 'what was refused is never run').to.equal(null);
  });

  it('takes an error for an answer, not for silence', async () => {
    const wrong = 'ERR unknown command';
    expect(await outcome(redis.call('NOSUCHCOMMAND'))).to.include(wrong);
    // Longer than any command may take: had the error counted as silence, it would be known by now.
    const until = performance.now() + 800;
    while (performance.now() < until) expect(await outcome(redis.ping())).to.equal('PONG');
  });

  it('gives a connection up on which nothing ever comes back', async () => {
    wire.freeze();
    const closed = new Promise((resolve) => redis.once('close', resolve));
    await outcome(redis.ping());
    await closed;
    wire.mend();
    await eventually(async () => expect(await outcome(redis.ping())).to.equal('PONG'));
  });
});
