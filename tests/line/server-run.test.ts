import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createLogger } from '../../shared/logger.ts';
import { openRedis, type RedisClient } from '../../shared/redis/client.ts';
import { followServerRun } from '../../shared/redis/server-run.ts';
import { eventually } from '../harness/eventually.ts';
import { type RedisProcess, startRedis } from '../harness/redis-process.ts';

describe('which run of Redis a connection leads to', () => {
  let server: RedisProcess;
  let admin: Redis;
  let client: RedisClient;
  before(async () => {
    server = await startRedis();
    admin = new Redis(server.port, '127.0.0.1');
    await admin.call('ACL', 'SETUSER', 'admin', 'on', '>secret', '~*', '&*', '+@all');
    await admin.call('AUTH', 'admin', 'secret');
  });
  after(async () => {
    client.disconnect();
    admin.disconnect();
    await server.kill();
  });

  it('is asked again on the same connection when the first question was not answered', async () => {
    await admin.call('ACL', 'SETUSER', 'default', '-info');
    const url = `redis://127.0.0.1:${server.port}`;
    const log = createLogger({ service: 'test', level: 'silent' });
    client = await openRedis({ url, profile: 'command', log });
    const running = await followServerRun(client);
    expect([client.status, running.of('x')]).to.deep.equal(['ready', undefined]);

    await admin.call('ACL', 'SETUSER', 'default', '+info');
    const found = await eventually(() => {
      const known = running.of('x');
      if (!known) throw new Error('the run is not known');
      return known.run;
    });
    expect(await admin.info('server')).to.include(found);
  });
});
