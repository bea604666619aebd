/** A call with when it was sent and when its answer came, by one clock. */
export interface Observed {
  invokedMs: number;
  returnedMs: number;
}

export interface Spec<State, Op> {
  /** What this call leaves behind, answered as it was; undefined when it cannot be answered so. */
  step: (state: State, op: Op) => State | undefined;
  /** The same text for the same state. */
  nameOf: (state: State) => string;
}

interface Point<State> {
  state: State;
  /** Calls that have taken effect, in the order of their sending. */
  done: ReadonlySet<number>;
}

/**
 * Whether the calls could have happened one at a time, each somewhere between being sent and being
 * answered (Herlihy and Wing; the search is Wing and Gong's, with Lowe's memory of where it has
 * been). @returns every state they can have led to: none when they are not linearizable
 */
export function linearize<State, Op extends Observed>(
  from: readonly State[],
  observed: readonly Op[],
  { step, nameOf }: Spec<State, Op>,
): State[] {
  const ops = [...observed].sort((a, b) => a.invokedMs - b.invokedMs);
  const been = new Set<string>();
  const ends = new Map<string, State>();
  const open: Point<State>[] = from.map((state) => ({ state, done: new Set() }));

  /** What may come next: whatever was sent before any of the rest was answered. */
  function nextOf(done: ReadonlySet<number>): number[] {
    const rest = [...ops.keys()].filter((at) => !done.has(at));
    const next: number[] = [];
    let answeredMs = Infinity;
    for (const at of rest) {
      const op = ops[at] as Op;
      if (op.invokedMs > answeredMs) break;
      next.push(at);
      answeredMs = Math.min(answeredMs, op.returnedMs);
    }
    return next.filter((at) => (ops[at] as Op).invokedMs <= answeredMs);
  }

  for (let point = open.pop(); point; point = open.pop()) {
    const { state, done } = point;
    if (done.size === ops.length) {
      ends.set(nameOf(state), state);
      continue;
    }
    for (const at of nextOf(done)) {
      const after = step(state, ops[at] as Op);
      if (after === undefined) continue;
      const more = new Set(done).add(at);
      const name = `${[...more].sort((a, b) => a - b).join()} ${nameOf(after)}`;
      if (been.has(name)) continue;
      been.add(name);
      open.push({ state: after, done: more });
    }
  }
  return [...ends.values()];
}
