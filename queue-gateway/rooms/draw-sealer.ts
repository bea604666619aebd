import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ClosedRegistration } from '../queue/queue-types.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { RoomMemory } from './room-memory.ts';

/** Brings a draw to its end once registration is closed. */
export interface DrawSealer {
  /** After each tick of a room; at most one call to the core at a time. Never throws. */
  note(room: RoomMemory, closed: ClosedRegistration | undefined): void;
}

/**
 * The core fixes who takes part, and tells the secret with its answer; that goes to Redis and to all
 * gateways as any setting does. Whoever asks second gets what was fixed first.
 */
export function createDrawSealer(options: {
  rooms: Pick<RoomDirectory, 'apply'>;
  source: {
    sealDraw(concertId: string, closed: ClosedRegistration): Promise<RoomSetting>;
  };
  log: Logger;
}): DrawSealer {
  const { rooms, source, log } = options;
  const running = new Set<string>();

  async function seal(room: RoomMemory, closed: ClosedRegistration): Promise<void> {
    running.add(room.id);
    try {
      await rooms.apply(await source.sealDraw(room.id, closed));
      log.info({ roomId: room.id, ...closed }, 'the draw has taken place');
    } catch (error) {
      // The next tick asks again; until then nobody is let in.
      log.warn({ roomId: room.id, err: error }, 'the draw has to wait');
    } finally {
      running.delete(room.id);
    }
  }

  return {
    note(room, closed) {
      const isFixed = typeof room.setting.draw?.registered === 'number';
      if (closed && !isFixed && !running.has(room.id)) void seal(room, closed);
    },
  };
}
