/** Which entries of the line have made a call lately: the core's own count of who is inside. */
export interface Acting {
  note(room: string, entryId: string): void;
  /** Entries by room that called within the last minute. */
  count(): ReadonlyMap<string, number>;
}

const windowMs = 60_000;
/** About 100 bytes each; beyond it new ones are not counted until old ones are forgotten. */
const entriesMax = 100_000;

/** @param now monotonic, in ms. */
export function createActing(now: () => number): Acting {
  // In the order of their last call: the oldest stand first.
  const lastCalls = new Map<string, number>();

  function forget(): void {
    const oldest = now() - windowMs;
    for (const [key, at] of lastCalls) {
      if (at > oldest) return;
      lastCalls.delete(key);
    }
  }

  return {
    note(room, entryId) {
      const key = `${room} ${entryId}`;
      if (!lastCalls.delete(key) && lastCalls.size >= entriesMax) {
        forget();
        if (lastCalls.size >= entriesMax) return;
      }
      lastCalls.set(key, now());
    },
    count() {
      forget();
      const rooms = new Map<string, number>();
      for (const key of lastCalls.keys()) {
        const room = key.slice(0, key.indexOf(' '));
        rooms.set(room, (rooms.get(room) ?? 0) + 1);
      }
      return rooms;
    },
  };
}
