import { LRUCache } from 'lru-cache';
import {
  type KeptMinutes,
  type OwnRecord,
  type RecordMinute,
  recordMinutesMax,
  type SaleRecord,
} from '../../shared/contracts/record.ts';
import type { Logger } from '../../shared/logger.ts';
import { Problem } from '../../shared/problems.ts';
import type { Demand } from '../queue/odds-rules.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { byTime, recentOf, toRecord } from '../queue/record-rules.ts';
import type { RoomDirectory } from './room-directory.ts';

/** What became of a sale, minute by minute. */
export interface RecordService {
  /** @throws Problem `not-found` while the operator does not show it. */
  shown(roomId: string): Promise<SaleRecord>;
  /** @throws Problem `not-found` */
  own(roomId: string): Promise<OwnRecord>;
  /** Brings what Redis has closed to the core; what the core cannot take now comes again. */
  flush(roomId: string): Promise<void>;
}

export interface RecordServiceDeps {
  rooms: Pick<RoomDirectory, 'ensure' | 'within'>;
  store: Pick<QueueStore, 'minutes' | 'forgetMinutes'>;
  source: {
    getMinutes(concertId: string): Promise<KeptMinutes>;
    saveMinutes(concertId: string, items: RecordMinute[]): Promise<void>;
  };
  log: Logger;
  /** Unix time in ms. */
  now: () => number;
}

/** However many look at it, it is put together once in so long. */
const freshMs = 5_000;
const roomsMax = 200;
const recentMs = 600_000;

const habitsOf = ({ noShow, conversion, seatsPerOrder }: Demand) => ({
  noShow,
  conversion,
  seatsPerOrder,
});

/** A minute that both have was kept, and could not be forgotten yet. */
function together(kept: KeptMinutes, counted: readonly RecordMinute[]): KeptMinutes {
  const known = new Set(kept.items.map(({ at }) => at));
  const items = [...kept.items, ...counted.filter(({ at }) => !known.has(at))].sort(byTime);
  return { ...kept, items };
}

export function createRecordService(deps: RecordServiceDeps): RecordService {
  const { rooms, store, source, log, now } = deps;

  /** Without Redis, what was kept before is still there. */
  const counted = (roomId: string): Promise<RecordMinute[]> =>
    rooms
      .within(roomId, () => store.minutes(roomId))
      .then(({ closed, running }) => [...closed, ...(running ? [running] : [])])
      .catch((error: unknown) => {
        log.debug({ roomId, err: error }, 'the running minutes are not known');
        return [];
      });

  // Redis first: a minute that is brought over meanwhile is then in both, and not in neither.
  const minutes = new LRUCache<string, KeptMinutes>({
    max: roomsMax,
    ttl: freshMs,
    fetchMethod: async (roomId) => {
      const fresh = await counted(roomId);
      return together(await source.getMinutes(roomId), fresh);
    },
  });

  async function read(roomId: string): Promise<KeptMinutes> {
    const found = await minutes.fetch(roomId);
    if (!found) throw new Problem('unavailable');
    return found;
  }

  return {
    async shown(roomId) {
      const { setting } = await rooms.ensure(roomId);
      if (!setting.recordPublic) throw new Problem('not-found');
      return toRecord(await read(roomId), { concertId: roomId, isPublic: true });
    },
    async own(roomId) {
      const { setting, demand } = await rooms.ensure(roomId);
      const habits = demand ? habitsOf(demand) : null;
      const all = await read(roomId);
      const record = toRecord(all, { concertId: roomId, isPublic: setting.recordPublic });
      return { ...record, recent: { ...recentOf(all.items, now(), recentMs), habits } };
    },
    async flush(roomId) {
      const { closed } = await store.minutes(roomId);
      for (let from = 0; from < closed.length; from += recordMinutesMax) {
        const batch = closed.slice(from, from + recordMinutesMax);
        await source.saveMinutes(roomId, batch);
        await store.forgetMinutes(roomId, batch);
      }
    },
  };
}
