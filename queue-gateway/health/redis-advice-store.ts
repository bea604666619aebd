import type { Redis } from 'ioredis';
import { type RedisClient, serversOf } from '../../shared/redis/client.ts';

const field = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';

/**
 * What is set up in this Redis so that the line can be lost: sentences for the log. The line keeps
 * its rules all the same, but people would have to queue again.
 */
export async function redisAdvice(client: RedisClient): Promise<string[]> {
  const advice = await Promise.all(serversOf(client).map(adviceFor));
  return [...new Set(advice.flat())];
}

async function adviceFor(redis: Redis): Promise<string[]> {
  const info = `${await redis.info('persistence')}\n${await redis.info('memory')}`;
  const advice: string[] = [];
  if (field(info, 'aof_enabled') === '0')
    advice.push('Redis keeps no append-only file: with it everybody in line would be lost.');
  const policy = field(info, 'maxmemory_policy');
  if (policy !== 'noeviction')
    advice.push(`Redis drops keys when it is full (${policy}); the line needs noeviction.`);
  return advice;
}
