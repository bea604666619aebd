import type { Logger } from '../../shared/logger.ts';

/** Brings closed minutes of the record to the core. */
export interface MinuteBringer {
  /** One call at a time for a room; one that failed is tried again a little later. Never throws. */
  bring(roomId: string): void;
}

const againMs = 5_000;

export function createMinuteBringer(options: {
  flush: (roomId: string) => Promise<void>;
  /** Monotonic, in ms. */
  now: () => number;
  log: Logger;
}): MinuteBringer {
  const { flush, now, log } = options;
  const startedAt = new Map<string, number>();

  async function run(roomId: string): Promise<void> {
    try {
      await flush(roomId);
      startedAt.delete(roomId);
    } catch (error) {
      // They stay in Redis meanwhile; the next tick asks again.
      log.debug({ roomId, err: error }, 'minutes are not with the core yet');
    }
  }

  return {
    bring(roomId) {
      if (now() - (startedAt.get(roomId) ?? -Infinity) < againMs) return;
      startedAt.set(roomId, now());
      void run(roomId);
    },
  };
}
