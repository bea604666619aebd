import type { Draw } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomMemory } from './room-memory.ts';

interface Leaf {
  registrationIndex: number;
  leaf: string | null;
}

/** What anybody needs to check a draw. */
export interface DrawService {
  /** From memory. @throws Problem `not-found` for a room without a draw. */
  read(roomId: string): Promise<Draw>;
  /** @param page.limit at most `drawLeavesMax`. @throws Problem as `read`. */
  leaves(
    roomId: string,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: Leaf[]; nextCursor: string | null }>;
  /** From memory: the number that a registration was drawn; 0 before the draw. */
  drawnNumber(roomId: string, index: number): number;
}

const algorithm = 'draw-v1';

function toDraw({ id, setting, closed, registered }: RoomMemory): Draw {
  const { draw, opensAt } = setting;
  if (!draw) throw new Problem('not-found');
  const { commitment, ...fixed } = draw;
  const base = { concertId: id, algorithm, opensAt, commitment } as const;
  if (fixed.registered !== null)
    return { ...base, ...fixed, state: 'DRAWN', registered: fixed.registered };
  if (closed) return { ...base, ...closed, state: 'CLOSED', secret: null };
  const open = { base: null, digest: null, secret: null };
  return { ...base, ...open, state: 'REGISTRATION', registered };
}

export function createDrawService(options: {
  rooms: Pick<RoomDirectory, 'ensure' | 'peek'>;
  store: Pick<QueueStore, 'leaves'>;
}): DrawService {
  const { rooms, store } = options;
  const read = async (roomId: string): Promise<Draw> => toDraw(await rooms.ensure(roomId));
  return {
    read,
    drawnNumber: (roomId, index) => rooms.peek(roomId)?.drawnNumber(index) ?? 0,
    async leaves(roomId, { limit, cursor = '0' }) {
      const { registered } = await read(roomId);
      const after = Number(cursor);
      const count = Math.max(0, Math.min(limit, registered - after));
      const found = count === 0 ? [] : await store.leaves(roomId, after + 1, count);
      const items = found.map((leaf, at) => ({ registrationIndex: after + at + 1, leaf }));
      const next = after + count;
      return { items, nextCursor: count > 0 && next < registered ? String(next) : null };
    },
  };
}
