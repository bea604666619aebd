/** A free seat, as the picker sees it. */
export interface FreeSeat {
  seatId: string;
  seatNum: number;
  /** Seats of different blocks are not side by side, whatever their numbers. */
  block: string | null;
}

/** Seats side by side, lowest number first. */
function runsOf(seats: readonly FreeSeat[]): FreeSeat[][] {
  const runs: FreeSeat[][] = [];
  let last: FreeSeat | undefined;
  for (const seat of seats) {
    const follows = last && seat.seatNum === last.seatNum + 1 && seat.block === last.block;
    if (follows) runs.at(-1)?.push(seat);
    else runs.push([seat]);
    last = seat;
  }
  return runs;
}

/** Cuts a run from its lower end into groups of `count`; what is left over at the end is none. */
const tile = (run: readonly FreeSeat[], count: number): FreeSeat[][] =>
  Array.from({ length: Math.floor(run.length / count) }, (_, index) =>
    run.slice(index * count, (index + 1) * count),
  );

/**
 * Groups of `count` seats side by side, the best first: those that leave no lone seat beside them
 * before those that do, and among these the lowest numbers. Groups do not overlap, so that buyers
 * who are sent to different ones do not meet.
 * @param seats free seats in the order of their numbers
 */
export function rankGroups(seats: readonly FreeSeat[], count: number): FreeSeat[][] {
  const kind: Record<'whole' | 'lone', FreeSeat[][]> = { whole: [], lone: [] };
  for (const run of runsOf(seats)) {
    tile(run, count).forEach((group, index) => {
      const before = index * count;
      const after = run.length - before - count;
      kind[before === 1 || after === 1 ? 'lone' : 'whole'].push(group);
    });
  }
  return [...kind.whole, ...kind.lone];
}
