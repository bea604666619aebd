/**
 * `?view=state` of 20,000 seats from one core process beside a bare node:http server that answers
 * the same bytes, and the same for a caller who has it already. `npm run bench -- seat-map`
 */
import { isMain } from '../is-main.ts';
import { startProcess } from './bench-process.ts';
import type { CoreTargetOrders } from './core-target.ts';
import { aimLine, table } from './figures.ts';
import { makeBenchSale } from './sales-data.ts';
import { type BenchCall, callers, openSalesWorld } from './sales-world.ts';
import { scaled } from './scale.ts';
import { type Contestant, interleave, oneWindow, standingHead, standingRow } from './windows.ts';
import { cycle } from './wire-load.ts';

const seats = 20_000;
const rounds = scaled(7, 3);
const durationMs = 1_500;
const unchangedName = 'core, unchanged (304)';

export async function benchSeatMap(): Promise<string> {
  const world = await openSalesWorld();
  const core = await world.startCore();
  const { concertId, scheduleId, userIds } = await makeBenchSale(world.databaseUrl, seats, 1);
  const path = `/concerts/${concertId}/schedules/${scheduleId}/seats?view=state`;
  const call: BenchCall = { userId: userIds[0] ?? '', concertId, method: 'GET', path };
  const first = await core.call(call);
  const headers = { 'if-none-match': String(first.headers['etag']) };
  const unchanged = await core.call({ ...call, headers });
  const orders: CoreTargetOrders = { kind: 'bare', body: JSON.stringify(first.body) };
  const bare = await startProcess('core-target', 'bare node:http', orders);
  try {
    const contestants: Contestant[] = [
      bare,
      { ...core, name: 'core' },
      { ...core, name: unchangedName },
    ];
    // Signed for each window: an assertion ages.
    const load = ({ name }: Contestant) => ({
      durationMs,
      next: cycle([core.bytesOf(name === unchangedName ? { ...call, headers } : call)]),
    });
    for (const one of contestants) await oneWindow(one, { connections: callers, ...load(one) });
    const standings = await interleave(contestants, { rounds, connections: callers, load });
    const speed = standings[1]?.perSecond ?? 0;
    const { bytes, status } = first;
    return [
      table(standingHead, standings.map(standingRow)),
      '',
      aimLine({
        what: `state of ${seats} seats, ${status}`,
        measured: bytes,
        unit: 'bytes',
        atMost: 25_600,
      }),
      aimLine({
        what: 'status when unchanged',
        measured: unchanged.status,
        unit: '',
        atLeast: 304,
        atMost: 304,
      }),
      aimLine({ what: 'answers of one process', measured: speed, unit: '/s', atLeast: 1_000 }),
    ].join('\n');
  } finally {
    bare.stop();
    await core.stop();
    await world.stop();
  }
}

if (isMain(import.meta.url)) console.log(await benchSeatMap());
