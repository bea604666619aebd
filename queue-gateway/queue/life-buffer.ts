export interface LifeBuffer {
  /** Somebody was here; never waits for anything. */
  note(roomId: string, number: number): void;
  /** Hands on what was noted. What cannot be handed on is noted still. */
  flush(): Promise<void>;
}

/** Signs of life beyond this are dropped: they come again. */
const maxNoted = 500_000;

/** Collects signs of life, so that Redis hears of them in batches. */
export function createLifeBuffer(options: {
  send: (roomId: string, numbers: number[]) => Promise<void>;
  batchMax: number;
}): LifeBuffer {
  const { send, batchMax } = options;
  let noted = new Map<string, Set<number>>();
  let count = 0;

  function note(roomId: string, number: number): void {
    if (count >= maxNoted) return;
    let numbers = noted.get(roomId);
    if (!numbers) noted.set(roomId, (numbers = new Set()));
    if (numbers.has(number)) return;
    numbers.add(number);
    count += 1;
  }

  async function sendRoom(roomId: string, numbers: number[]): Promise<void> {
    for (let at = 0; at < numbers.length; at += batchMax) {
      const batch = numbers.slice(at, at + batchMax);
      try {
        await send(roomId, batch);
      } catch (error) {
        for (const number of numbers.slice(at)) note(roomId, number);
        throw error;
      }
    }
  }

  return {
    note,
    async flush() {
      const taken = noted;
      noted = new Map();
      count = 0;
      const sent = [...taken].map(([roomId, numbers]) => sendRoom(roomId, [...numbers]));
      const failed = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
  };
}
