import type { Op } from './history.ts';

/** The one history of a run, and how long ago each kind of call last worked. */
export interface Recorder {
  readonly ops: Op[];
  /** ms, of one clock for all clients; close to Unix time, as the database's moments are. */
  nowMs(): number;
  add(op: Op): void;
  counts(): Record<Op['result'], number>;
}

export function createRecorder(): Recorder {
  const ops: Op[] = [];
  const counts = { ok: 0, fail: 0, unknown: 0 };
  return {
    ops,
    nowMs: () => performance.timeOrigin + performance.now(),
    add(op) {
      counts[op.result] += 1;
      ops.push(op);
    },
    counts: () => ({ ...counts }),
  };
}
