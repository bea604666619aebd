import { randomBytes } from 'node:crypto';
import type { EndReason } from '../../shared/contracts/queue.ts';
import type { RecordMinute } from '../../shared/contracts/record.ts';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { emptyLeaf } from '../../shared/draw.ts';
import { Problem } from '../../shared/problems.ts';
import type { RedisClient } from '../../shared/redis/client.ts';
import type { ServerRun } from '../../shared/redis/server-run.ts';
import { callStore } from '../../shared/redis/store-errors.ts';
import { fromLifeBitmap, toLifeBitmap } from './life-bitmap.ts';
import { lineKeys, type RoomKeys, roomKeys } from './queue-keys.ts';
import { settingArgs } from './queue-rules.ts';
import {
  activateScript,
  applyEventsScript,
  checkLeaseScript,
  configureScript,
  extendScript,
  joinScript,
  leaveScript,
  recordScript,
  revokeScript,
  setInventoryScript,
  snapshotScript,
  statusScript,
  tickScript,
  toEventArgs,
  touchScript,
  unregisterScript,
} from './queue-scripts.ts';
import type {
  Activation,
  Configured,
  CoreChange,
  CountedMinutes,
  EntryClaims,
  EntryFacts,
  JoinReply,
  KnownLine,
  PlaceNow,
  RoomReading,
  RoomSnapshot,
} from './queue-types.ts';

/**
 * The line in Redis: one atomic step a call, each safe to repeat. Every call throws Problem
 * `unavailable` while Redis cannot serve it, and RoomUnconfigured for a room that it does not know,
 * or that another run of Redis knew: then `configure` comes first.
 */
export interface QueueStore {
  /** @param known what this process remembers, in case Redis has lost it. */
  configure(setting: RoomSetting, known: KnownLine): Promise<Configured>;
  /** A place for each account, in this order. At most `joinBatchMax` of them. */
  join(roomId: string, userIds: string[]): Promise<JoinReply>;
  status(roomId: string, claims: EntryClaims): Promise<PlaceNow>;
  /** More time to take the turn, once; resolves to where the entry stands then. */
  extend(roomId: string, claims: EntryClaims): Promise<PlaceNow>;
  activate(roomId: string, claims: EntryClaims, proposed: ProposedToken): Promise<Activation>;
  /** Resolves to the reason when the entry had ended before. */
  leave(roomId: string, claims: EntryClaims): Promise<EndReason | undefined>;
  /** Gives back a registration that was not drawn yet. */
  unregister(roomId: string, claims: EntryClaims): Promise<EndReason | undefined>;
  /** Resolves to the reason when the token stands for no slot any more. */
  checkLease(roomId: string, claims: EntryClaims): Promise<EndReason | undefined>;
  /** Takes back one entry, or all of a room. Resolves to how many ended by it. */
  revoke(roomId: string, number: number | 'all'): Promise<number>;
  /** Signs of life of who waits, and, as negative numbers, activity of who is inside. */
  touch(roomId: string, marks: number[]): Promise<void>;
  /** Resolves to the number of changes that were new. */
  applyChanges(roomId: string, changes: readonly CoreChange[]): Promise<number>;
  /** @param options.pressure share of the rate that the core can take, from who leads. */
  tick(
    roomId: string,
    options: { withCensus: boolean; pressure?: number | undefined },
  ): Promise<RoomReading>;
  snapshot(roomId: string): Promise<RoomSnapshot>;
  /** Numbers in (front, tail] whose holders left while waiting. */
  goneNumbers(roomId: string, range: { front: number; tail: number }): Promise<number[]>;
  /** Registration indexes that were given back. */
  quitIndexes(roomId: string): Promise<number[]>;
  /** The leaves of registrations from this index on; `null` for those that are not there any more. */
  leaves(roomId: string, fromIndex: number, count: number): Promise<(string | null)[]>;
  minutes(roomId: string): Promise<CountedMinutes>;
  /** The core has these. */
  forgetMinutes(roomId: string, minutes: readonly RecordMinute[]): Promise<void>;
  /** The number of an account's one place, when it has one. */
  numberOf(roomId: string, userId: string): Promise<number | undefined>;
  /** What is known of a number that was given. */
  entryFacts(roomId: string, number: number): Promise<EntryFacts>;
  setInventory(roomId: string, seats: { sellable: number | null; soldOut: boolean }): Promise<void>;
}

export const joinBatchMax = 500;
/** A bitmap of a million people is 125 kB. */
export const touchBatchMax = 100_000;

function toTouchArgs(marks: readonly number[]) {
  const { firstByte, bytes } = toLifeBitmap(marks.filter((mark) => mark > 0));
  const active = marks.filter((mark) => mark < 0).map((mark) => -mark);
  return { firstByte, bitmap: bytes, active };
}

const leafBytes = 20;

/** Signed before it is known whether it is the one that counts. */
export interface ProposedToken {
  jti: string;
  token: string;
  tokenEndMs: number;
}

const entryArgs = (claims: EntryClaims) => ({ ...claims, index: claims.index ?? 0 });

const activateArgs = (claims: EntryClaims, { jti, token, tokenEndMs }: ProposedToken) => ({
  ...entryArgs(claims),
  newJti: jti,
  newToken: token,
  newEnd: tokenEndMs,
});

/** What goes past the scripts, because nothing has to be atomic with it. */
function createPlainCalls(
  redis: RedisClient,
  keysOf: (roomId: string) => RoomKeys,
): Pick<QueueStore, 'entryFacts' | 'goneNumbers' | 'leaves' | 'quitIndexes'> {
  return {
    async goneNumbers(roomId, { front, tail }) {
      if (tail <= front) return [];
      const firstByte = Math.floor(front / 8);
      const bytes = await callStore(() =>
        redis.getrangeBuffer(keysOf(roomId)['gone'] ?? '', firstByte, Math.floor(tail / 8)),
      );
      return fromLifeBitmap({ firstByte, bytes }).filter(
        (number) => number > front && number <= tail,
      );
    },
    async entryFacts(roomId, number) {
      const keys = keysOf(roomId);
      const field = String(number);
      const [inside, leaseEnd, reason, gone, returning] = await callStore(() =>
        Promise.all([
          redis.hget(keys['inside'] ?? '', field),
          redis.zscore(keys['leases'] ?? '', field),
          redis.hget(keys['reasons'] ?? '', field),
          redis.getbit(keys['gone'] ?? '', number),
          redis.zscore(keys['returners'] ?? '', field),
        ]),
      );
      return {
        isActive: inside?.startsWith('ACTIVE ') ?? false,
        leaseEndMs: leaseEnd === null ? undefined : Number(leaseEnd),
        reason: (reason ?? undefined) as EndReason | undefined,
        hasLeft: gone === 1,
        isReturning: returning !== null,
      };
    },
    async quitIndexes(roomId) {
      const bytes = await callStore(() => redis.getBuffer(keysOf(roomId)['quit'] ?? ''));
      return bytes ? fromLifeBitmap({ firstByte: 0, bytes }) : [];
    },
    async leaves(roomId, fromIndex, count) {
      const [start, end] = [(fromIndex - 1) * leafBytes, (fromIndex - 1 + count) * leafBytes - 1];
      const bytes = await callStore(() =>
        redis.getrangeBuffer(keysOf(roomId)['leaves'] ?? '', start, end),
      );
      return Array.from({ length: count }, (_, at) => {
        const leaf = bytes.toString('hex', at * leafBytes, (at + 1) * leafBytes);
        return leaf.length === emptyLeaf.length && leaf !== emptyLeaf ? leaf : null;
      });
    },
  };
}

/** The same of what is a call or two of Redis. */
function createShortCalls(
  redis: RedisClient,
  keysOf: (roomId: string) => RoomKeys,
): Pick<QueueStore, 'forgetMinutes' | 'numberOf'> {
  return {
    async forgetMinutes(roomId, minutes) {
      const numbers = minutes.map(({ at }) => String(Date.parse(at) / 60_000));
      if (numbers.length === 0) return;
      await callStore(() => redis.hdel(keysOf(roomId)['minutes'] ?? '', ...numbers));
    },
    async numberOf(roomId, userId) {
      const place = await callStore(() => redis.hget(keysOf(roomId)['accounts'] ?? '', userId));
      // Before the draw it is the letter r and an index.
      return place === null || place.startsWith('r') ? undefined : Number(place);
    },
  };
}

const knownArgs = ({ registered = 0, chain = '', gaps = [], ended = [], ...line }: KnownLine) => ({
  ...{ ...line, registered, chain, gaps: gaps.join(' ') },
  ended: ended.flatMap(({ number, reason, untilMs }) => [number, reason, untilMs]),
});

/** The keys of each room, made once. */
function createKeyPages(namespace: string): (roomId: string) => RoomKeys {
  const pages = new Map<string, RoomKeys>();
  return (roomId) => {
    const page = pages.get(roomId) ?? roomKeys(namespace, roomId);
    pages.set(roomId, page);
    return page;
  };
}

const hiddenSalt = (): string => randomBytes(16).toString('hex');

export function createQueueStore(options: {
  redis: RedisClient;
  namespace: string;
  server: ServerRun;
  /** Hides in the leaves who registered. */
  newSalt?: () => string;
}): QueueStore {
  const { redis, namespace, server, newSalt = hiddenSalt } = options;
  const { channel } = lineKeys(namespace);
  const keysOf = createKeyPages(namespace);
  async function run<Args extends object, Reply>(
    script: (client: RedisClient, keys: RoomKeys, args: Args) => Promise<Reply>,
    roomId: string,
    args: Args,
  ): Promise<Reply> {
    const keys = keysOf(roomId);
    const found = server.of(keys.state);
    if (found === undefined) throw new Problem('unavailable', { retryAfterSeconds: 2 });
    return script(found.client, keys, { ...args, server: `run:${found.run}` });
  }

  return {
    configure: (setting, known) =>
      run(configureScript, setting.concertId, {
        channel,
        ...settingArgs(setting),
        ...knownArgs(known),
      }),
    join: (roomId, userIds) => run(joinScript, roomId, { salt: newSalt(), userIds }),
    status: (roomId, claims) => run(statusScript, roomId, entryArgs(claims)),
    extend: (roomId, claims) => run(extendScript, roomId, entryArgs(claims)),
    activate: (roomId, claims, proposed) =>
      run(activateScript, roomId, activateArgs(claims, proposed)),
    leave: (roomId, claims) => run(leaveScript, roomId, entryArgs(claims)),
    unregister: (roomId, claims) => run(unregisterScript, roomId, entryArgs(claims)),
    checkLease: (roomId, claims) => run(checkLeaseScript, roomId, entryArgs(claims)),
    revoke: (roomId, number) =>
      run(revokeScript, roomId, { number: number === 'all' ? 0 : number }),
    touch: (roomId, marks) => run(touchScript, roomId, toTouchArgs(marks)),
    applyChanges: (roomId, changes) =>
      run(applyEventsScript, roomId, { events: changes.flatMap(toEventArgs) }),
    tick: (roomId, { withCensus, pressure }) =>
      run(tickScript, roomId, { withCensus: withCensus ? 1 : 0, pressure: pressure ?? '' }),
    snapshot: (roomId) => run(snapshotScript, roomId, {}),
    minutes: (roomId) => run(recordScript, roomId, {}),
    ...createPlainCalls(redis, keysOf),
    ...createShortCalls(redis, keysOf),
    setInventory: (roomId, { sellable, soldOut }) =>
      run(setInventoryScript, roomId, { sellable: sellable ?? -1, soldOut: soldOut ? 1 : 0 }),
  };
}
