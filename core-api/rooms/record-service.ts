import type { KeptMinutes, RecordMinute } from '../../shared/contracts/record.ts';
import { Problem } from '../../shared/problems.ts';
import type { Transact } from '../db/transaction.ts';
import { sqlMoment } from '../db/sql-moment.ts';
import type { RecordRepository } from './record-repository.ts';
import type { RoomRepository } from './room-repository.ts';

/** What became of a room, so that it outlives Redis. Both throw Problem `not-found`. */
export interface RecordService {
  /** Safe to repeat. @throws Problem `invalid-request` for a moment that no table can hold. */
  save(concertId: string, minutes: readonly RecordMinute[]): Promise<void>;
  read(concertId: string): Promise<KeptMinutes>;
}

export function createRecordService(options: {
  records: RecordRepository;
  rooms: Pick<RoomRepository, 'find'>;
  transaction: Transact;
}): RecordService {
  const { records, rooms, transaction } = options;
  const ensureRoom = async (concertId: string): Promise<void> => {
    if (!(await rooms.find(concertId))) throw new Problem('not-found');
  };
  return {
    async save(concertId, minutes) {
      for (const [at, minute] of minutes.entries()) sqlMoment(`body.items.${at}.at`, minute.at);
      await ensureRoom(concertId);
      await transaction((tx) => records.save(tx, concertId, minutes));
    },
    async read(concertId) {
      await ensureRoom(concertId);
      const [items, sold] = await Promise.all([
        records.minutesOf(concertId),
        records.soldOf(concertId),
      ]);
      return { items, sold };
    },
  };
}
