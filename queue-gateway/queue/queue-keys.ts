/**
 * Every Redis key of the line, on one page. The hash tag keeps a room on one slot of a cluster,
 * so that one script can touch all of it.
 *
 * | key | type | what | bound, life |
 * | --- | --- | --- | --- |
 * | state | HASH | policy, front, tail, bucket, counters | one a room, stays |
 * | accounts | HASH | userId -> number, or `r` and the index: the one place of an account | live entries |
 * | leaves | STRING | 20 bytes for each registration: the leaf of its receipt | registered × 20 bytes |
 * | quit | bitmap | registration indexes that were given back | registered / 8 bytes |
 * | alive0, alive1 | bitmap | who showed a sign of life in the even and odd minute | tail / 8 bytes |
 * | union | bitmap | scratch of the census | tail / 8 bytes |
 * | gone | bitmap | who left while waiting | tail / 8 bytes |
 * | leases | ZSET | number -> end of its lease in ms: a slot each | `maxActive` |
 * | inside | HASH | number -> who holds the slot (`parts/entry.lua`) | `maxActive` |
 * | tokens | HASH | number -> active token | `maxActive` |
 * | ended | ZSET | number -> until when somebody may still show its token | tokens in their time |
 * | reasons | HASH | number -> why it ended | as `ended` |
 * | fronts | ZSET | second -> the front then, for when a turn came | claim + grace in seconds |
 * | returners | ZSET | number -> when somebody who was late got in line again | who is late |
 * | goes | ZSET | number -> when it was let in late, once | claim + grace |
 * | events | ZSET | ids of applied core events | 2,000 |
 * | minute | HASH | what is counted of the running minute (`parts/record.lua`) | about 100 fields |
 * | minutes | HASH | minute -> its line of the record, until the core has it | 1,440 |
 * | tails | ZSET | when -> the tail then, for how long people waited | 4,096 |
 * | document | STRING | what the leader last told the gateways | one a room |
 */
export interface RoomKeys {
  readonly [name: string]: string;
  readonly state: string;
  readonly document: string;
}

const names = [
  'state',
  'accounts',
  'leaves',
  'quit',
  'alive0',
  'alive1',
  'union',
  'gone',
  'leases',
  'inside',
  'tokens',
  'ended',
  'reasons',
  'fronts',
  'returners',
  'goes',
  'events',
  'minute',
  'minutes',
  'tails',
  'document',
] as const;

/** @param namespace put before every key and channel, e.g. of a test. */
export function roomKeys(namespace: string, roomId: string): RoomKeys {
  const tag = `${namespace}{room:${roomId}}`;
  return Object.fromEntries(names.map((name) => [name, `${tag}:${name}`])) as unknown as RoomKeys;
}

/** Keys and channels that belong to no room. */
export const lineKeys = (namespace: string) => ({
  /** STRING with a TTL: the process that ticks. */
  leader: `${namespace}{line}:leader`,
  /** STRING with a TTL: people a second that the core was seen to struggle with. */
  capacity: `${namespace}{line}:capacity`,
  /** STRING with a TTL: which sale is played for an operator, one at a time. */
  playing: `${namespace}{line}:playing`,
  /** Pub/sub: what all gateways hear (`line-news.ts`). */
  channel: `${namespace}line`,
});
