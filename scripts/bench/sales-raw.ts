import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Tx } from '../../core-api/db/transaction.ts';
import { createOutbox } from '../../core-api/outbox/outbox.ts';
import { createOutboxRepository } from '../../core-api/outbox/outbox-repository.ts';
import { createPaymentRepository } from '../../core-api/payments/payment-repository.ts';
import { payIn } from '../../core-api/payments/pay-transaction.ts';
import { createLedgerRepository } from '../../core-api/points/ledger-repository.ts';
import { createHoldRepository } from '../../core-api/reservations/hold-repository.ts';
import { createHoldTransaction } from '../../core-api/reservations/hold-transaction.ts';
import { createReservationRepository } from '../../core-api/reservations/reservation-repository.ts';

/** The statements of the core between BEGIN and COMMIT, over a bare connection: nothing else. */
async function bare<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const connection: PoolConnection = await pool.getConnection();
  try {
    await connection.query('START TRANSACTION');
    const result = await work({
      inTransaction: true,
      rows: async <Row>(sql: string, params = []) =>
        (await connection.execute<RowDataPacket[]>(sql, [...params]))[0] as Row[],
      run: async (sql, params = []) =>
        (await connection.execute<ResultSetHeader>(sql, [...params]))[0],
    });
    await connection.query('COMMIT');
    return result;
  } finally {
    connection.release();
  }
}

const unused = () => Promise.reject(new Error('not in this bench'));
const outbox = createOutbox(createOutboxRepository({ rows: unused, run: unused }));
const reservations = createReservationRepository({ rows: unused, run: unused });
const holdIn = createHoldTransaction({
  holds: createHoldRepository(),
  pickSeats: unused,
  expireHolds: unused,
  outbox,
  holdSeconds: 300,
});
const payDeps = {
  payments: createPaymentRepository({ rows: unused, run: unused }),
  reservations,
  ledger: createLedgerRepository(),
  outbox,
};

/** @returns the id of the reservation. */
export async function rawHold(
  pool: Pool,
  wish: { userId: string; concertId: string; scheduleId: string; seatId: string },
): Promise<string> {
  const { seatId, userId, concertId, scheduleId } = wish;
  const seats = { ids: [seatId] };
  const made = await bare(pool, (tx) => holdIn(tx, { userId, concertId, scheduleId, seats }, '1'));
  return String(made.reservations[0]?.reservationId);
}

export async function rawPay(
  pool: Pool,
  { userId, concertId, reservationId }: Record<'userId' | 'concertId' | 'reservationId', string>,
): Promise<void> {
  const call = { userId, concertId, entryId: '1', reservationIds: [reservationId] };
  await bare(pool, (tx) => payIn(tx, payDeps, call));
}
