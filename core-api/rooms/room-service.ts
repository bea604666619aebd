import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomAudit } from '../../shared/contracts/queue.ts';
import type { Page, PageQuery } from '../db/page.ts';
import type { Transact } from '../db/transaction.ts';
import type { RoomRepository } from './room-repository.ts';
import { changeRoomSetting, type RoomChange } from './room-rules.ts';

export interface RoomService {
  list(): Promise<{ items: RoomSetting[] }>;
  /** @throws Problem `not-found` */
  get(concertId: string): Promise<RoomSetting>;
  /**
   * Changes a room and records who did it, in one transaction.
   * @throws Problem `not-found`, `version-conflict`, `invalid-request`
   */
  change(
    concertId: string,
    change: RoomChange,
    by: { userId: string | null },
  ): Promise<RoomSetting>;
  /** Newest first. @throws Problem `not-found` */
  audit(concertId: string, page: PageQuery): Promise<Page<RoomAudit>>;
}

export interface RoomServiceDeps {
  rooms: RoomRepository;
  transaction: Transact;
}

export function createRoomService({ rooms, transaction }: RoomServiceDeps): RoomService {
  return {
    list: async () => ({ items: await rooms.list() }),
    get: async (concertId) => {
      const room = await rooms.find(concertId);
      if (!room) throw new Problem('not-found');
      return room;
    },
    change: (concertId, change, { userId }) =>
      transaction(async (tx) => {
        const before = await rooms.lock(tx, concertId);
        if (!before) throw new Problem('not-found');
        const after = changeRoomSetting(before, change);
        if (change.revoke)
          await rooms.addAudit(tx, { userId, action: 'revoke', before, after: change.revoke });
        if (after === before) return before;
        await rooms.save(tx, after);
        await rooms.addAudit(tx, { userId, action: change.cord ?? 'policy', before, after });
        return after;
      }),
    audit: async (concertId, page) => {
      if (!(await rooms.find(concertId))) throw new Problem('not-found');
      return rooms.listAudit(concertId, page);
    },
  };
}
