import { randomBytes } from 'node:crypto';
import { type CoreAnswer, type CoreCall, type CoreWorld, inside } from '../core/core-world.ts';
import type { SaleAnswer, SaleCall } from './sale-model.ts';

/** A concert of its own on a running core, with accounts that have nothing yet. */
export interface SaleHall {
  users: readonly string[];
  prices: readonly number[];
  /** Over HTTP, as the gateway calls. */
  send(call: SaleCall): Promise<SaleAnswer>;
  /** Time goes by for the holds of this concert. */
  advance(ms: number): Promise<void>;
}

interface Row {
  seatId: string;
  reservationId: string;
  reservationStatus: string;
  seatStatus: string;
  price: number;
}

async function makeUsers({ database }: CoreWorld, count: number): Promise<string[]> {
  const prefix = randomBytes(6).toString('hex');
  for (let at = 0; at < count; at += 1) {
    const name = `${prefix}-${at}`;
    await database.run("INSERT INTO users (user_name, password_hash) VALUES (?, '-')", [name]);
  }
  const like = `${prefix}-%`;
  const insert = `INSERT INTO point (user_id, point, version)
    SELECT user_id, 0, 0 FROM users WHERE user_name LIKE ?`;
  await database.run(insert, [like]);
  const rows = await database.rows<{ id: number }>(
    'SELECT user_id AS id FROM users WHERE user_name LIKE ? ORDER BY user_id',
    [like],
  );
  return rows.map(({ id }) => String(id));
}

async function makeSeats(world: CoreWorld, at: string, prices: readonly number[]): Promise<void> {
  const seats = prices.map((price, index) => ({ seatNum: index + 1, price }));
  const made = await world.admin('POST', `${at}/seats`, { seats });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
}

/** Both rows of a hold at once, or a job that comes between would find it half over. */
const advanceSql = [
  `UPDATE concert_seat SET held_until = held_until - INTERVAL ? SECOND
     WHERE concert_id = ? AND held_until IS NOT NULL`,
  `UPDATE reservation SET reservation_expire_dt = reservation_expire_dt - INTERVAL ? SECOND
     WHERE concert_id = ? AND reservation_status = 'HELD'`,
];

/** Where calls go, and how seats are counted there. */
interface Place {
  concertId: string;
  scheduleId: string;
  seatIds: readonly string[];
}

function requestOf(
  { concertId, scheduleId, seatIds }: Place,
  call: SaleCall,
): [method: string, target: string, body?: unknown] {
  const own = `/concerts/${concertId}`;
  switch (call.do) {
    case 'hold': {
      const ids = call.seats.map((seat) => seatIds[seat]);
      return ['POST', `${own}/reservations`, { scheduleId, seatIds: ids }];
    }
    case 'holdAny': {
      const { quantity, maxPrice } = call;
      return ['POST', `${own}/reservations`, { scheduleId, quantity, maxPrice }];
    }
    case 'extend':
      return ['POST', `${own}/reservations/${call.id}/extend`];
    case 'release':
      return ['DELETE', `${own}/reservations/${call.id}`];
    case 'pay':
      return ['POST', `${own}/payments`, { reservationIds: call.ids }];
    case 'refund':
      return ['POST', `/payments/${call.paymentId}/refund`];
    case 'charge':
      return ['POST', '/points/charges', { amount: call.amount }];
    case 'balance':
      return ['GET', '/points'];
    case 'list':
      return ['GET', '/reservations?limit=100'];
    case 'map':
      return ['GET', `${own}/schedules/${scheduleId}/seats`];
  }
}

function readAnswer({ seatIds }: Place, { body, word }: CoreAnswer, call: SaleCall): SaleAnswer {
  const seatOf = (seatId: string): number => seatIds.indexOf(seatId);
  const held = (body?.reservations ?? []) as Row[];
  const items = (body?.items ?? []) as Row[];
  const statuses = items.map((row) =>
    call.do === 'map'
      ? [seatOf(row.seatId), row.seatStatus]
      : [row.reservationId, row.reservationStatus],
  );
  return {
    word,
    text: JSON.stringify(body) ?? '',
    reservations: held.map(({ reservationId: id, seatId, price }) => {
      return { id, seat: seatOf(seatId), price };
    }),
    payments: (body?.payments ?? []) as SaleAnswer['payments'],
    point: body?.point as number | undefined,
    statuses: Object.fromEntries(statuses) as Record<string, string>,
  };
}

export async function openSaleHall(
  world: CoreWorld,
  { fans, prices }: { fans: number; prices: readonly number[] },
): Promise<SaleHall> {
  const users = await makeUsers(world, fans);
  const { concertId, scheduleId, at } = await world.concert();
  await makeSeats(world, at, prices);
  const rows = await world.database.rows<{ id: number }>(
    'SELECT seat_id AS id FROM concert_seat WHERE concert_id = ? ORDER BY seat_num',
    [concertId],
  );
  const place = { concertId, scheduleId, seatIds: rows.map(({ id }) => String(id)) };

  return {
    users,
    prices,
    async send(call) {
      const [method, target, body] = requestOf(place, call);
      const headers: CoreCall['headers'] =
        call.key === undefined ? {} : { 'idempotency-key': call.key };
      const caller = inside(concertId, call.user);
      const answer = await world.call(method, target, { body, caller, headers });
      return readAnswer(place, answer, call);
    },
    advance: (ms) =>
      world.database.transaction(async (tx) => {
        for (const sql of advanceSql) await tx.run(sql, [String(ms / 1_000), concertId]);
      }),
  };
}
