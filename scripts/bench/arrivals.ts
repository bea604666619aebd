import { round, table } from './figures.ts';
import { type Contestant, oneWindow } from './windows.ts';
import { once } from './wire-load.ts';

/** People come on their own, not when somebody before them was served. */
const ratesPerSecond = [500, 1_000];

/**
 * So many a second over some connections, whether the server keeps up or not; each waits from the
 * moment it was due.
 * @param requests so many that were not sent yet.
 */
export async function arrivals(
  target: Contestant,
  options: {
    connections: number;
    seconds: number;
    requests: (count: number) => Buffer[] | Promise<Buffer[]>;
  },
): Promise<string> {
  const { connections, seconds, requests } = options;
  const rows: (string | number)[][] = [];
  for (const ratePerSecond of ratesPerSecond) {
    const next = once(await requests(ratePerSecond * seconds));
    const one = await oneWindow(target, { connections, next, ratePerSecond });
    rows.push(
      [ratePerSecond, one.answers, one.p50Ms, one.p95Ms, one.p99Ms].map((figure) =>
        round(figure, 1),
      ),
    );
  }
  const head = ['arrive a second', 'answers', 'p50 ms', 'p95 ms', 'p99 ms'];
  return table(head, rows);
}
