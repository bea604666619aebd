/** How long something that should move has stood still, in seconds; 0 while it moves. */
export interface Stillness {
  /** More and more people stand behind a front that does not move. */
  frontStuckSeconds: number;
  /** People are let in, and not one of them comes. */
  noArrivalSeconds: number;
}

export interface Movement {
  isOpen: boolean;
  front: number;
  tail: number;
  admitted: number;
  activated: number;
}

interface Mark {
  atMs: number;
  /** What should move, and what must have grown meanwhile. */
  mover: number;
  pusher: number;
}

/**
 * Notes what a room does each time it is looked at.
 * @param now monotonic, in ms.
 */
export function createDeadMan(now: () => number): (room: string, movement: Movement) => Stillness {
  const fronts = new Map<string, Mark>();
  const arrivals = new Map<string, Mark>();

  function stillSeconds(marks: Map<string, Mark>, room: string, seen: Omit<Mark, 'atMs'>): number {
    const mark = marks.get(room);
    if (!mark || mark.mover !== seen.mover || seen.pusher < mark.pusher) {
      marks.set(room, { ...seen, atMs: now() });
      return 0;
    }
    // Nothing pushes: standing still is right, and time counts from the first push on.
    if (seen.pusher === mark.pusher) {
      mark.atMs = now();
      return 0;
    }
    return (now() - mark.atMs) / 1_000;
  }

  return (room, { isOpen, front, tail, admitted, activated }) => {
    if (!isOpen) fronts.delete(room);
    return {
      frontStuckSeconds: isOpen ? stillSeconds(fronts, room, { mover: front, pusher: tail }) : 0,
      noArrivalSeconds: stillSeconds(arrivals, room, { mover: activated, pusher: admitted }),
    };
  };
}
