import { createHash } from 'node:crypto';
import type { RoomSetting } from '../../shared/contracts/internal.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomAudit } from '../../shared/contracts/queue.ts';
import type { Page, PageQuery } from '../db/page.ts';
import type { Transact, Tx } from '../db/transaction.ts';
import type { ClosedRegistration, DrawRepository } from './draw-repository.ts';
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
  /**
   * Fixes who takes part in the draw, once. Resolves to the room with what was fixed first, and the
   * secret.
   * @throws Problem `not-found`, `registration-open`
   */
  sealDraw(concertId: string, closed: ClosedRegistration): Promise<RoomSetting>;
  /** Newest first. @throws Problem `not-found` */
  audit(concertId: string, page: PageQuery): Promise<Page<RoomAudit>>;
}

export interface RoomServiceDeps {
  rooms: RoomRepository;
  draws: DrawRepository;
  transaction: Transact;
  /** 64 hexadecimal digits that nobody can guess. */
  newSecret: () => string;
}

/** What is published of a secret before it is told. */
const commitmentOf = (secret: string): string =>
  createHash('sha256').update(Buffer.from(secret, 'hex')).digest('hex');

export function createRoomService(deps: RoomServiceDeps): RoomService {
  const { rooms, draws, transaction, newSecret } = deps;

  /** The secret is there before anybody can register, and is never another one. */
  async function saveRoom(tx: Tx, room: RoomSetting): Promise<RoomSetting> {
    await rooms.save(tx, room);
    if (room.order !== 'draw' || room.draw) return room;
    const secret = newSecret();
    await draws.addSecret(tx, room.concertId, { secret, commitment: commitmentOf(secret) });
    return (await rooms.lock(tx, room.concertId)) ?? room;
  }

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
        const isRegistering = await draws.isRegistering(tx, concertId);
        const after = changeRoomSetting(before, change, isRegistering);
        if (change.revoke)
          await rooms.addAudit(tx, { userId, action: 'revoke', before, after: change.revoke });
        if (after === before) return before;
        const saved = await saveRoom(tx, after);
        await rooms.addAudit(tx, { userId, action: change.cord ?? 'policy', before, after: saved });
        return saved;
      }),
    sealDraw: (concertId, closed) =>
      transaction(async (tx) => {
        const before = await rooms.lock(tx, concertId);
        if (!before?.draw) throw new Problem('not-found');
        if (before.draw.registered !== null) return before;
        if (await draws.isRegistering(tx, concertId)) throw new Problem('registration-open');
        await draws.fix(tx, concertId, closed);
        await rooms.save(tx, { ...before, version: before.version + 1 });
        const after = (await rooms.lock(tx, concertId)) ?? before;
        await rooms.addAudit(tx, { userId: null, action: 'draw', before, after });
        return after;
      }),
    audit: async (concertId, page) => {
      if (!(await rooms.find(concertId))) throw new Problem('not-found');
      return rooms.listAudit(concertId, page);
    },
  };
}
