import type { Op } from './history.ts';

type Begun = Pick<Op, 'op' | 'proc' | 'args' | 'invokedMs'>;
type Ended = Pick<Op, 'returnedMs' | 'result' | 'value' | 'body' | 'refusal'>;

/** The one history of a run. */
export interface Recorder {
  /** What has been answered, or never will be. */
  readonly ops: Op[];
  /** ms, of one clock for all clients; close to Unix time, as the database's moments are. */
  nowMs(): number;
  /** A call is on its way. @returns what writes its end down */
  begin(op: Begun): (end: Partial<Ended> & Pick<Ended, 'returnedMs' | 'result'>) => void;
  /** The history until now: what is still on its way may happen or not. */
  soFar(): Op[];
  counts(): Record<Op['result'], number>;
}

export function createRecorder(): Recorder {
  const ops: Op[] = [];
  const open = new Set<Begun>();
  const counts = { ok: 0, fail: 0, unknown: 0 };
  return {
    ops,
    nowMs: () => performance.timeOrigin + performance.now(),
    begin(op) {
      open.add(op);
      return (end) => {
        open.delete(op);
        counts[end.result] += 1;
        ops.push({ ...op, ...end } as Op);
      };
    },
    soFar: () => [
      ...ops,
      ...[...open].map((op) => ({ ...op, returnedMs: Infinity, result: 'unknown' }) as Op),
    ],
    counts: () => ({ ...counts }),
  };
}
