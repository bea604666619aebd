export interface LifeBuffer {
  /** Somebody who waits was here; never waits for anything. */
  noteWaiting(roomId: string, number: number): void;
  /** Somebody inside did something: the lease reaches on. */
  noteActivity(roomId: string, number: number): void;
  /** Hands on what was noted. What cannot be handed on is noted still. */
  flush(): Promise<void>;
}

/** Signs of life beyond this are dropped: they come again. */
const maxNoted = 500_000;

/** Collects signs of life, so that Redis hears of them in batches. */
export function createLifeBuffer(options: {
  /** `marks`: the number of who waits, minus the number of who was active inside. */
  send: (roomId: string, marks: number[]) => Promise<void>;
  batchMax: number;
}): LifeBuffer {
  const { send, batchMax } = options;
  let noted = new Map<string, Set<number>>();
  let count = 0;

  function note(roomId: string, mark: number): void {
    if (count >= maxNoted) return;
    let marks = noted.get(roomId);
    if (!marks) noted.set(roomId, (marks = new Set()));
    if (marks.has(mark)) return;
    marks.add(mark);
    count += 1;
  }

  async function sendRoom(roomId: string, marks: number[]): Promise<void> {
    for (let at = 0; at < marks.length; at += batchMax) {
      const batch = marks.slice(at, at + batchMax);
      try {
        await send(roomId, batch);
      } catch (error) {
        for (const mark of marks.slice(at)) note(roomId, mark);
        throw error;
      }
    }
  }

  return {
    noteWaiting: note,
    noteActivity: (roomId, number) => note(roomId, -number),
    async flush() {
      const taken = noted;
      noted = new Map();
      count = 0;
      const sent = [...taken].map(([roomId, marks]) => sendRoom(roomId, [...marks]));
      const failed = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
  };
}
