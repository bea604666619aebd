import type { JoinedPlace } from './queue-types.ts';

export interface JoinBatcher {
  join(roomId: string, userId: string): Promise<JoinedPlace>;
}

interface Waiting {
  userId: string;
  resolve: (place: JoinedPlace) => void;
  reject: (error: unknown) => void;
}

/**
 * One call to Redis for many joins of a room: while a call is under way, those who come wait for
 * the next one. Alone, nobody waits; in a rush the batch grows by itself.
 */
export function createJoinBatcher(options: {
  send: (roomId: string, userIds: string[]) => Promise<JoinedPlace[]>;
  batchMax: number;
}): JoinBatcher {
  const { send, batchMax } = options;
  const waiting = new Map<string, Waiting[]>();

  async function sendBatch(roomId: string, batch: Waiting[]): Promise<void> {
    try {
      const places = await send(
        roomId,
        batch.map(({ userId }) => userId),
      );
      for (const [at, { resolve, reject }] of batch.entries()) {
        const place = places[at];
        if (place) resolve(place);
        else reject(new Error('a join without an answer'));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function drain(roomId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await sendBatch(roomId, queue.splice(0, batchMax));
    waiting.delete(roomId);
  }

  return {
    join: (roomId, userId) =>
      new Promise((resolve, reject) => {
        const entry = { userId, resolve, reject };
        const queue = waiting.get(roomId);
        if (queue) {
          queue.push(entry);
          return;
        }
        const started = [entry];
        waiting.set(roomId, started);
        void drain(roomId, started);
      }),
  };
}
