import { randomBytes } from 'node:crypto';
import { openOutside } from '../../core-api/compose-outside.ts';
import { composeSales, type Sales } from '../../core-api/compose-sales.ts';
import { createDatabase, type Database } from '../../core-api/db/database.ts';
import { marks, type SqlValue, type Statements } from '../../core-api/db/statements.ts';
import { createNoLocks, type LockService } from '../../core-api/lock/lock-service.ts';
import { openLocks } from '../../core-api/lock/open-locks.ts';
import type { Delivered } from '../../core-api/outbox/event-delivery.ts';
import { audit } from '../../scripts/audit.ts';
import type { CoreEvent } from '../../shared/contracts/internal.ts';
import type { Hold } from '../../shared/contracts/reservations.ts';
import { createLogger } from '../../shared/logger.ts';
import { toProblem } from '../../shared/problems.ts';
import { freshNamespace } from '../harness/fresh-namespace.ts';
import { freshSchema } from '../harness/fresh-schema.ts';
import { patienceMs } from '../harness/patience.ts';

/** A concert with one date and its seats, numbered from 1. */
export interface TestDate {
  concertId: string;
  scheduleId: string;
  seatIds: string[];
}

export interface DateWish {
  seats: number;
  price?: number;
  seatsPerUser?: number;
  refundUntilHours?: number;
  /** From now; negative for a date that has passed. */
  hoursAhead?: number;
}

/** `201`, or status and code of the problem. */
export interface Outcome {
  word: string;
  extra: Record<string, unknown>;
  /** The parsed body of a 201. */
  body: Reply;
  rawBody: string;
  replayed: boolean;
}

interface Reply {
  reservations: Hold[];
  payments: { paymentId: string; reservationId: string; amount: number }[];
  reservation: Hold;
  payment: { paymentId: string; paymentStatus: string };
  point: number;
  pointHistoryId: string;
}

export interface WorldOptions {
  locks?: 'on' | 'off' | LockService;
  holdSeconds?: number;
  poolMax?: number;
  /** Takes a guard out: each statement passes here on its way to the database. */
  rewrite?: (sql: string) => string;
  /** Runs after each COMMIT of a transaction, before anybody hears of it. */
  afterCommit?: () => Promise<void>;
  /** Another instance on the same schema and namespace, as a second process would be. */
  beside?: Pick<SaleWorld, 'stores'>;
  deliver?: (events: readonly CoreEvent[]) => Promise<Delivered>;
}

/** The selling half of the core on a schema and a namespace of its own. */
export interface SaleWorld extends Sales {
  database: Database;
  databaseUrl: string;
  stores: Stores;
  /** Every event that was delivered, in order. */
  delivered: CoreEvent[];
  users(count: number, options?: { points?: number }): Promise<string[]>;
  date(wish: DateWish): Promise<TestDate>;
  hold(userId: string, date: TestDate, seatIds: readonly string[], key?: string): Promise<Outcome>;
  holdAny(userId: string, date: TestDate, quantity: number, key?: string): Promise<Outcome>;
  holdUpTo(
    userId: string,
    date: TestDate,
    wish: { quantity: number; maxPrice: number },
  ): Promise<Outcome>;
  pay(userId: string, date: TestDate, ids: readonly string[], key?: string): Promise<Outcome>;
  charge(userId: string, amount: number, key?: string): Promise<Outcome>;
  refund(userId: string, paymentId: string, key?: string): Promise<Outcome>;
  extend(userId: string, concertId: string, id: string, key?: string): Promise<Outcome>;
  release(userId: string, concertId: string, reservationId: string): Promise<Outcome>;
  /** Moves the end of holds into the past, as time would. */
  letRunOut(reservationIds: readonly string[]): Promise<void>;
  sql<Row>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
  violations(): Promise<unknown[]>;
  close(): Promise<void>;
}

/** All of it but `remove` can be told to another process. */
export interface Stores {
  databaseUrl: string;
  redisUrl: string;
  namespace: string;
  remove(): Promise<void>;
}

async function freshStores(): Promise<Stores> {
  const schema = await freshSchema();
  const { clear, ...redis } = freshNamespace();
  const remove = async () => {
    await clear();
    await schema.drop();
  };
  return { databaseUrl: schema.databaseUrl, ...redis, remove };
}

const noProvider = {
  paymentProvider: 'sandbox',
  paymentProviderUrl: undefined,
  paymentWebhookKeys: undefined,
} as const;

const signal = new AbortController().signal;

export async function openSaleWorld(options: WorldOptions = {}): Promise<SaleWorld> {
  const { locks = 'on', holdSeconds = 300, poolMax = 10 } = options;
  const stores = options.beside?.stores ?? (await freshStores());
  const { databaseUrl, namespace, redisUrl } = stores;
  const logger = createLogger({ service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent' });
  const straight = createDatabase({
    databaseUrl,
    poolMax,
    acquireTimeoutMs: 8_000,
    statementTimeoutMs: 5_000,
    logger,
  });
  const rewritten = options.rewrite ? rewriting(straight, options.rewrite) : straight;
  const database = options.afterCommit ? noticing(rewritten, options.afterCommit) : rewritten;
  const lockService = await lockServiceOf(locks, { namespace, redisUrl, logger });
  const delivered: CoreEvent[] = [];
  const record = (events: readonly CoreEvent[]): Promise<Delivered> => {
    delivered.push(...events);
    return Promise.resolve('delivered');
  };
  const outside = openOutside({ ...noProvider, webhookAddresses: 'any' });
  const sales = composeSales({
    database,
    locks: lockService,
    logger,
    delivery: { deliver: options.deliver ?? record, close: () => Promise.resolve() },
    holdSeconds,
    pointChargeMax: 1_000_000,
    pointBalanceMax: 10_000_000,
    outside,
  });
  return {
    ...sales,
    ...callsOf(sales),
    ...rowsOf(database),
    database,
    databaseUrl,
    stores,
    delivered,
    violations: () => audit(databaseUrl),
    close: async () => {
      await sales.jobs.close();
      await outside.close();
      await lockService.close();
      await database.close();
      if (!options.beside) await stores.remove();
    },
  };
}

function lockServiceOf(
  locks: 'on' | 'off' | LockService,
  {
    redisUrl,
    ...rest
  }: { namespace: string; redisUrl: string; logger: ReturnType<typeof createLogger> },
): Promise<LockService> {
  if (locks === 'off') return Promise.resolve(createNoLocks());
  if (locks !== 'on') return Promise.resolve(locks);
  const policy = { downPolicy: 'db', downPlaces: 5, commandTimeoutMs: patienceMs } as const;
  return openLocks({ urls: [redisUrl], ...policy, ...rest });
}

/** The database with every statement changed; what does not match stays as it is. */
function rewriting(database: Database, rewrite: (sql: string) => string): Database {
  const changed = <S extends Statements>(statements: S): S => ({
    ...statements,
    rows: (sql, params) => statements.rows(rewrite(sql), params),
    run: (sql, params) => statements.run(rewrite(sql), params),
  });
  return {
    ...changed(database),
    transaction: (work, options) => database.transaction((tx) => work(changed(tx)), options),
  };
}

const noticing = (database: Database, afterCommit: () => Promise<void>): Database => ({
  ...database,
  transaction: async (work, options) => {
    const result = await database.transaction(work, options);
    await afterCommit();
    return result;
  },
});

const none = {} as Reply;

async function outcomeOf(
  call: Promise<{ rawBody: string; headers: Record<string, string> } | void>,
): Promise<Outcome> {
  try {
    const reply = await call;
    if (!reply) return { word: '204', extra: {}, body: none, rawBody: '', replayed: false };
    const body = JSON.parse(reply.rawBody) as Reply;
    const replayed = reply.headers['Idempotency-Replayed'] === 'true';
    return { word: '201', extra: {}, body, rawBody: reply.rawBody, replayed };
  } catch (error) {
    const problem = toProblem(error);
    // A fault of ours shall be read, not counted.
    if (problem.code === 'internal') throw error;
    const word = `${problem.status} ${problem.code}`;
    return { word, extra: problem.extra, body: none, rawBody: '', replayed: false };
  }
}

function callsOf(sales: Sales) {
  const hold = (
    userId: string,
    { concertId, scheduleId }: TestDate,
    seats: { ids: readonly string[] } | { quantity: number; maxPrice?: number },
    idempotencyKey?: string,
  ) => {
    const wish = { userId, concertId, scheduleId, seats };
    return outcomeOf(sales.holds.hold({ wish, entryId: '7', idempotencyKey, signal }));
  };
  return {
    hold: (userId: string, date: TestDate, ids: readonly string[], key?: string) =>
      hold(userId, date, { ids }, key),
    holdAny: (userId: string, date: TestDate, quantity: number, key?: string) =>
      hold(userId, date, { quantity }, key),
    holdUpTo: (userId: string, date: TestDate, wish: { quantity: number; maxPrice: number }) =>
      hold(userId, date, wish),
    pay: (userId: string, { concertId }: TestDate, ids: readonly string[], key?: string) =>
      outcomeOf(
        sales.payments.pay({
          userId,
          concertId,
          entryId: '7',
          reservationIds: ids,
          idempotencyKey: key,
          signal,
        }),
      ),
    charge: (userId: string, amount: number, key?: string) =>
      outcomeOf(sales.ledger.charge({ userId, amount, idempotencyKey: key, signal })),
    refund: (userId: string, paymentId: string, key?: string) =>
      outcomeOf(sales.payments.refund({ userId, paymentId, idempotencyKey: key, signal })),
    extend: (userId: string, concertId: string, reservationId: string, key?: string) => {
      const hold = { userId, concertId, reservationId, entryId: '7' };
      return outcomeOf(sales.extensions.extend({ ...hold, idempotencyKey: key, signal }));
    },
    release: (userId: string, concertId: string, reservationId: string) =>
      outcomeOf(
        sales.reservations.release({ userId, concertId, reservationId, entryId: '7', signal }),
      ),
  };
}

function rowsOf(database: Database) {
  const sql = <Row>(text: string, params: readonly SqlValue[] = []) =>
    database.rows<Row>(text, params);
  return {
    sql,
    users: async (count: number, { points = 0 }: { points?: number } = {}) => {
      const prefix = randomBytes(5).toString('hex');
      const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
      for (const name of names) {
        await database.run("INSERT INTO users (user_name, password_hash) VALUES (?, '-')", [name]);
      }
      const like = `${prefix}-%`;
      await database.run(
        `INSERT INTO point (user_id, point, version)
           SELECT user_id, ?, ? FROM users WHERE user_name LIKE ?`,
        [points, points > 0 ? 1 : 0, like],
      );
      if (points > 0) await chargeAll(database, like);
      const rows = await sql<{ id: number }>(
        'SELECT user_id AS id FROM users WHERE user_name LIKE ? ORDER BY user_id',
        [like],
      );
      return rows.map(({ id }) => String(id));
    },
    date: (wish: DateWish) => makeDate(database, wish),
    letRunOut: async (ids: readonly string[]) => {
      await database.run(
        `UPDATE concert_seat s JOIN reservation r ON r.live_seat_id = s.seat_id
           SET s.held_until = SYSDATE(6) - INTERVAL 1 SECOND
           WHERE r.reservation_id IN (${marks(ids.length)})`,
        ids,
      );
      await database.run(
        `UPDATE reservation r JOIN concert_seat s ON r.live_seat_id = s.seat_id
           SET r.reservation_expire_dt = s.held_until WHERE r.reservation_id IN (${marks(ids.length)})`,
        ids,
      );
    },
  };
}

const chargeAll = (database: Database, like: string) =>
  database.run(
    `INSERT INTO point_history (point_id, seq, amount, point_after_transaction, type)
       SELECT point_id, 1, point, point, 'CHARGE' FROM point JOIN users USING (user_id)
       WHERE user_name LIKE ?`,
    [like],
  );

async function makeDate(database: Database, wish: DateWish): Promise<TestDate> {
  const { seats, price = 1_000, seatsPerUser = 4, refundUntilHours = 24, hoursAhead = 72 } = wish;
  const concert = await database.run(
    'INSERT INTO concert (concert_name, seats_per_user, refund_until_hours) VALUES (?, ?, ?)',
    ['Test', seatsPerUser, refundUntilHours],
  );
  const schedule = await database.run(
    `INSERT INTO concert_schedule (concert_id, concert_dt, total_seat)
       VALUES (?, SYSDATE(6) + INTERVAL ? HOUR, ?)`,
    [concert.insertId, hoursAhead, seats],
  );
  const values = Array.from({ length: seats }, (_, index) => [
    concert.insertId,
    schedule.insertId,
    index + 1,
    price,
  ]);
  for (let from = 0; from < seats; from += 500) {
    const part = values.slice(from, from + 500);
    await database.run(
      `INSERT INTO concert_seat (concert_id, concert_schedule_id, seat_num, price)
         VALUES ${part.map(() => '(?, ?, ?, ?)').join(', ')}`,
      part.flat(),
    );
  }
  const rows = await database.rows<{ id: number }>(
    'SELECT seat_id AS id FROM concert_seat WHERE concert_schedule_id = ? ORDER BY seat_num',
    [schedule.insertId],
  );
  return {
    concertId: String(concert.insertId),
    scheduleId: String(schedule.insertId),
    seatIds: rows.map(({ id }) => String(id)),
  };
}

/** How often each outcome came: `{ '201': 1, '409 seat-taken': 99 }`. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { word } of outcomes) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

export const reservationIds = (held: Outcome): string[] =>
  held.body.reservations.map(({ reservationId }) => reservationId);
