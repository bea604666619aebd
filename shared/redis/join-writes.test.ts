import { expect } from 'chai';
import { Socket } from 'node:net';
import { testRedisUrl } from '../../tests/harness/test-stores.ts';
import { createLogger } from '../logger.ts';
import { openRedis } from './client.ts';

const log = createLogger({ service: 'test', level: 'silent' });

describe('commands of one turn of the event loop', () => {
  it('go to Redis together, in their order, and those of the next turn after them', async () => {
    const redis = await openRedis({ url: testRedisUrl(), profile: 'command', log });
    if (!('stream' in redis) || !(redis.stream instanceof Socket)) throw new Error('no socket');
    const { stream } = redis;
    const writes: string[] = [];
    const written = <Write extends (...args: never[]) => unknown>(write: Write): Write =>
      ((...args: Parameters<Write>) => {
        const [given] = args as unknown as [string | { chunk: string | Buffer }[]];
        const pieces = Array.isArray(given) ? given.map(({ chunk }) => chunk) : [given];
        writes.push(pieces.join(''));
        return write.apply(stream, args);
      }) as Write;
    stream._write = written(stream._write);
    if (stream._writev) stream._writev = written(stream._writev);
    try {
      const one = Promise.all(['a', 'b', 'c'].map((word) => redis.echo(word)));
      await new Promise(setImmediate);
      const next = redis.echo('d');
      expect([...(await one), await next]).to.deep.equal(['a', 'b', 'c', 'd']);
      const said = writes.map((text) => text.match(/\b[a-d]\b/g)?.join(''));
      expect(said).to.deep.equal(['abc', 'd']);
    } finally {
      redis.disconnect();
    }
  });
});
