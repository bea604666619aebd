import type { Inventory } from '../../shared/contracts/internal.ts';
import type { Logger } from '../../shared/logger.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomMemory } from './room-memory.ts';
import { toSeats } from './room-rules.ts';

/** Knows what is left to sell, as far as the core says so. */
export interface SeatWatch {
  /** Asks the core now and tells Redis; what was known last stays when it cannot. Never throws. */
  refresh(room: RoomMemory): Promise<void>;
}

export function createSeatWatch(options: {
  store: QueueStore;
  rooms: RoomDirectory;
  source: { getInventory(concertId: string): Promise<Inventory> };
  log: Logger;
}): SeatWatch {
  const { store, rooms, source, log } = options;
  const asking = new Map<string, Promise<void>>();

  async function ask(room: RoomMemory): Promise<void> {
    try {
      const seats = toSeats(await source.getInventory(room.id));
      await rooms.within(room.id, () => store.setInventory(room.id, seats));
    } catch (error) {
      log.debug({ roomId: room.id, err: error }, 'seats not known');
    } finally {
      asking.delete(room.id);
    }
  }

  return {
    refresh(room) {
      const running = asking.get(room.id) ?? ask(room);
      asking.set(room.id, running);
      return running;
    },
  };
}
