/**
 * Best available: 160 buyers at any moment, parties of one to four, until all 8,000 seats of a date
 * are held; then every party pays. Their sizes add up, so that no refusal is right.
 * `npm run bench -- best`
 */
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { isMain } from '../is-main.ts';
import { aimLine, round, table } from './figures.ts';
import { quantile } from '../../shared/quantile.ts';
import { type BenchSale, benchSeatsMax, makeBenchSale } from './sales-data.ts';
import { type BenchCore, openSalesWorld, perSecond } from './sales-world.ts';
import { scaled } from './scale.ts';

const parallel = 160;
const seats = scaled(8_000);

interface Party {
  userId: string;
  quantity: number;
  reservationIds: string[];
}

/** 1, 2, 3, 4, 1, …; the last one takes what is left. */
function partiesOf(userIds: readonly string[]): Party[] {
  const parties: Party[] = [];
  let left = seats;
  for (let at = 0; left > 0; at += 1) {
    const quantity = Math.min(left, 1 + (at % benchSeatsMax));
    left -= quantity;
    parties.push({ userId: userIds[at] ?? '', quantity, reservationIds: [] });
  }
  return parties;
}

async function sell(core: BenchCore, sale: BenchSale) {
  const { concertId, scheduleId, userIds } = sale;
  const parties = partiesOf(userIds);
  const refused = new Map<string, number>();
  const calls: Record<'hold' | 'pay', number[]> = { hold: [], pay: [] };
  const ask = async (what: 'hold' | 'pay', userId: string, path: string, json: unknown) => {
    const startedAt = performance.now();
    const answer = await core.call({
      userId,
      concertId,
      path: `/concerts/${concertId}${path}`,
      json,
    });
    calls[what].push(performance.now() - startedAt);
    if (answer.status === 201) return answer.body;
    const why = `${what} ${answer.status} ${answer.body?.code ?? ''}`;
    refused.set(why, (refused.get(why) ?? 0) + 1);
    return undefined;
  };
  const hold = async (party: Party) => {
    const { userId, quantity } = party;
    const held = await ask('hold', userId, '/reservations', { scheduleId, quantity });
    for (const { reservationId } of held?.reservations ?? [])
      party.reservationIds.push(String(reservationId));
  };
  const pay = async ({ userId, reservationIds }: Party) => {
    if (reservationIds.length > 0) await ask('pay', userId, '/payments', { reservationIds });
  };
  const steps = [];
  for (const [name, work, times] of [
    ['hold', hold, calls.hold],
    ['pay', pay, calls.pay],
  ] as const) {
    const cpuBefore = await core.cpuMicros();
    const partiesPerSecond = await perSecond(parties, work, parallel);
    const cpu = ((await core.cpuMicros()) - cpuBefore) / parties.length;
    const sorted = times.sort((a, b) => a - b);
    const seatsPerSecond = (partiesPerSecond * seats) / parties.length;
    const delays = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
    steps.push([name, partiesPerSecond, ...[seatsPerSecond, cpu, ...delays].map((n) => round(n))]);
  }
  return { steps, refused };
}

async function countSold(databaseUrl: string, scheduleId: string): Promise<number> {
  const connection = await createConnection({ uri: databaseUrl });
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT COUNT(*) AS sold FROM concert_seat
      WHERE concert_schedule_id = ? AND seat_status = 'SOLD'`,
    [scheduleId],
  );
  await connection.end();
  return Number(rows[0]?.['sold']);
}

export async function benchBest(): Promise<string> {
  const world = await openSalesWorld();
  const core = await world.startCore();
  try {
    const sale = await makeBenchSale(world.databaseUrl, seats);
    const { steps, refused } = await sell(core, sale);
    const sold = await countSold(world.databaseUrl, sale.scheduleId);
    const refusals = [...refused.values()].reduce((sum, times) => sum + times, 0);
    const head = ['step', 'parties/s', 'seats/s', 'CPU µs a party', 'p50 ms', 'p99 ms'];
    return [
      table(head, steps),
      '',
      aimLine({ what: `sold of ${seats} seats`, measured: sold, unit: 'seats', atLeast: seats }),
      aimLine({ what: 'refused while seats remain', measured: refusals, unit: '', atMost: 0 }),
      ...[...refused].map(([why, times]) => `  - ${why}: ${times} times`),
    ].join('\n');
  } finally {
    await core.stop();
    await world.stop();
  }
}

if (isMain(import.meta.url)) console.log(await benchBest());
