/**
 * Many askers, one query: while one load of a key runs, everybody who asks meanwhile shares the
 * next one. An answer is never older than its question, so who has just changed something sees it;
 * and a crowd costs the database one load at a time per key.
 */
export type Flights<T> = (key: string) => Promise<T>;

interface Lane<T> {
  running: Promise<T>;
  next: Promise<T> | undefined;
}

export function createFlights<T>(load: (key: string) => Promise<T>): Flights<T> {
  const lanes = new Map<string, Lane<T>>();

  function start(key: string): Promise<T> {
    const lane: Lane<T> = { running: load(key), next: undefined };
    lanes.set(key, lane);
    const landed = () => {
      // Who waits for the next flight has put it into `lane.next`, which starts it.
      if (!lane.next && lanes.get(key) === lane) lanes.delete(key);
    };
    lane.running.then(landed, landed);
    return lane.running;
  }

  return (key) => {
    const lane = lanes.get(key);
    if (!lane) return start(key);
    lane.next ??= lane.running.then(
      () => start(key),
      () => start(key),
    );
    return lane.next;
  };
}
