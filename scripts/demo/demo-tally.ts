/** What the fans of a demo met, counted as it happens. */
export interface DemoTally {
  held: number;
  sold: number;
  finished: number;
  /** From joining to being inside, of those who got inside, in ms. */
  waitsMs: number[];
  /** Answers that were no success: `409 seat-taken` -> how often. */
  refusals: Map<string, number>;
  /** Seats the fans believe to have bought, and won they charged. */
  charged: number;
  refuse(status: number, code: string): void;
}

export function createDemoTally(): DemoTally {
  const refusals = new Map<string, number>();
  return {
    held: 0,
    sold: 0,
    finished: 0,
    waitsMs: [],
    refusals,
    charged: 0,
    refuse: (status, code) => {
      const word = `${status} ${code}`;
      refusals.set(word, (refusals.get(word) ?? 0) + 1);
    },
  };
}
