import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { defaultPolicy } from '../../core-api/rooms/room-rules.ts';
import type { DrawRecord, RoomSetting } from '../../shared/contracts/internal.ts';
import { createLogger } from '../../shared/logger.ts';
import { openRedis, type RedisClient } from '../../shared/redis/client.ts';
import { roomKeys } from '../../queue-gateway/queue/queue-keys.ts';
import { createQueueStore, type QueueStore } from '../../queue-gateway/queue/queue-store.ts';
import type {
  CoreChange,
  EntryClaims,
  JoinedPlace,
  KnownLine,
} from '../../queue-gateway/queue/queue-types.ts';
import { freshNamespace } from '../harness/fresh-namespace.ts';

/** When the driven clock of a room starts. */
export const startMs = 1_800_000_000_000;

export const roomDefaults: RoomSetting = {
  ...defaultPolicy,
  concertId: '1',
  concertActive: true,
  admitPerSecond: 1_000,
};

export const drawSecret = 'ab'.repeat(32);

/** A draw that people can still register for. */
export const openDraw: DrawRecord = {
  commitment: createHash('sha256').update(Buffer.from(drawSecret, 'hex')).digest('hex'),
  registered: null,
  base: null,
  digest: null,
  secret: null,
};

export type DrivenRoom = Awaited<ReturnType<DrivenLine['makeRoom']>>;
export type DrivenLine = Awaited<ReturnType<typeof openDrivenLine>>;

/** The claims of the fan whose account and number are the same, as the tests like it. */
export const fan = (number: number, userId = String(number)): EntryClaims => ({
  userId,
  number,
  epoch: 1,
  jti: '',
  tokenEnd: 0,
});

/** The claims of who registered under this index, with the number it was drawn. */
export const drawnFan = (index: number, number: number, userId = String(index)): EntryClaims => ({
  ...fan(number, userId),
  index,
});

export const wordOf = (place: JoinedPlace | undefined): string | undefined => place?.word;

/** The line on a real Redis, in rooms whose clock the test moves. */
export async function openDrivenLine() {
  const { redisUrl, namespace, clear } = freshNamespace();
  const log = createLogger({ service: 'test', level: 'silent' });
  const redis = await openRedis({
    url: redisUrl,
    profile: 'command',
    log,
    commandTimeoutMs: 5_000,
  });
  let run = 'first';
  const store = createQueueStore({
    redis,
    namespace,
    server: { of: () => ({ client: redis, run }) },
  });
  let rooms = 0;
  return {
    redis,
    store,
    namespace,
    /** Redis has been started anew, as far as the line can tell. */
    restart(name: string) {
      run = name;
    },
    /** Counts what Redis does with the keys of a room from now on, inside scripts too. */
    async monitor(roomId: string) {
      const tag = roomKeys(namespace, roomId).state.replace(/state$/, '');
      const watched = await (redis as Redis).duplicate().monitor();
      let calls = 0;
      watched.on('monitor', (_time: string, words: string[]) => {
        if (words.some((word) => word.startsWith(tag)) && !/^eval/i.test(words[0] ?? ''))
          calls += 1;
      });
      return {
        async count() {
          const done = new Promise((resolve) => {
            watched.on('monitor', (_time: string, words: string[]) => {
              if (words[1] === `${tag}seen`) resolve(undefined);
            });
          });
          await redis.get(`${tag}seen`);
          await done;
          watched.disconnect();
          return calls;
        },
      };
    },
    makeRoom: (policy: Partial<RoomSetting> = {}) => {
      rooms += 1;
      return makeRoom({ redis, store, namespace, id: String(rooms) }, policy);
    },
    async close() {
      redis.disconnect();
      await clear();
    },
  };
}

interface Place {
  redis: RedisClient;
  store: QueueStore;
  namespace: string;
  id: string;
}

async function makeRoom({ redis, store, namespace, id }: Place, policy: Partial<RoomSetting>) {
  const keys = roomKeys(namespace, id);
  let nowMs = startMs;
  const known = { epoch: 1, front: 0, tail: 0, slots: 0 };
  const setting = { ...roomDefaults, ...policy, concertId: id };
  await redis.hset(keys.state, 'clock', nowMs);
  await store.configure(setting, known);
  return {
    id,
    keys,
    setting: (more: Partial<RoomSetting> = {}) => ({ ...setting, ...more }),
    configure: (more: Partial<RoomSetting> = {}) => store.configure({ ...setting, ...more }, known),
    /** What a gateway does when Redis is not the one it was. */
    mend: (remembered: KnownLine) => store.configure(setting, remembered),
    /** All of the room is gone from Redis; the clock stays, so that the test can drive it. */
    async wipe() {
      await redis.del(...Object.values(keys));
      await redis.hset(keys.state, 'clock', nowMs);
    },
    /** Time goes by, with a gateway that ticks. */
    async advance(ms: number) {
      nowMs += ms;
      await redis.hset(keys.state, 'clock', nowMs, 'seenAt', nowMs);
    },
    /** Time goes by, and no step reaches the room. */
    async outage(ms: number) {
      nowMs += ms;
      await redis.hset(keys.state, 'clock', nowMs);
    },
    now: () => nowMs,
    join: async (userId: string) => (await store.join(id, [userId])).places[0] as JoinedPlace,
    joinMany: async (from: number, count: number) => {
      const userIds = Array.from({ length: count }, (_, at) => String(from + at));
      return (await store.join(id, userIds)).places;
    },
    tick: () => store.tick(id, { withCensus: true }),
    status: (claims: EntryClaims) => store.status(id, claims),
    extend: (claims: EntryClaims) => store.extend(id, claims),
    leave: (claims: EntryClaims) => store.leave(id, claims),
    activate: (claims: EntryClaims, jti = `jti-${claims.number}`) =>
      store.activate(id, claims, {
        jti,
        token: `token-${jti}`,
        tokenEndMs: nowMs + setting.activeSeconds * 1_000,
      }),
    touch: (...numbers: number[]) => store.touch(id, numbers),
    /** Unix ms at which the lease of a number ends. */
    lease: async (number: number) => Number(await redis.zscore(keys['leases'] ?? '', number)),
    /** A core event about the fan of that number. */
    change: (eventId: number, what: CoreChange['what'], number: number, value: number, seats = 1) =>
      store.applyChanges(id, [
        { eventId: String(eventId), what, number, userId: String(number), value, seats },
      ]),
    seats: (sellable: number) => store.setInventory(id, { sellable, soldOut: false }),
  };
}
