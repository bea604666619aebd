import { crush, dawdle, type Edit, type Mutant, unlocked } from './mutant.ts';

const twoPerSeat = 'ALTER TABLE reservation DROP INDEX uq_reservation_live_seat';
const slowExpiry = (everyMs: number): Edit => ({
  file: 'core-api/jobs/jobs.ts',
  from: `loop('expiry', 1_000, expiry.expireOverdue)`,
  to: `loop('expiry', ${everyMs}, expiry.expireOverdue)`,
});

/** Holds, payments, and what is told of them. */
export const saleMutants: readonly Mutant[] = [
  {
    name: 'a seat can be taken from who holds it, with no UNIQUE column',
    edits: [
      {
        file: 'core-api/reservations/hold-repository.ts',
        from: `"(seat_status = 'AVAILABLE' OR (seat_status = 'HELD' AND held_until <= SYSDATE(6)))"`,
        to: `"(seat_status <> 'SOLD')"`,
      },
    ],
    sql: [twoPerSeat],
    seenBy: ['oneOwnerPerSeat', 'audit'],
    load: crush,
  },
  {
    name: 'only the lock guards a seat, and the lock is lost',
    edits: [
      {
        file: 'core-api/reservations/hold-repository.ts',
        from: "AND status = 'ACTIVE' AND ${isFree}`;",
        to: "AND status = 'ACTIVE' AND seat_id > 0`;",
      },
    ],
    sql: [twoPerSeat],
    seenBy: ['oneOwnerPerSeat', 'audit'],
    load: unlocked,
  },
  {
    name: 'the seats of an account are counted without its lock',
    edits: [
      {
        file: 'core-api/reservations/hold-repository.ts',
        from: `FROM users WHERE user_id = ? AND status = 'ACTIVE' FOR UPDATE`,
        to: `FROM users WHERE user_id = ? AND status = 'ACTIVE'`,
      },
      {
        file: 'core-api/reservations/hold-batch-repository.ts',
        from: 'ORDER BY user_id FOR UPDATE`',
        to: 'ORDER BY user_id`',
      },
    ],
    seenBy: ['seatsWithinLimit', 'audit'],
    load: { ...crush, hall: { ...crush.hall, seats: 100 } },
  },
  {
    name: 'answered before it is committed',
    edits: [
      {
        file: 'core-api/db/transaction.ts',
        from: `await connection.query('COMMIT');`,
        to: `setTimeout(() => void connection.query('COMMIT').catch(() => undefined), 300);`,
      },
    ],
    seenBy: ['acksAreDurable', 'salesAddUp', 'refusalsLeaveNothing'],
    load: { ...crush, fault: 'kill -9 core-1 and core-2' },
  },
  {
    name: 'a hold can be paid after its time',
    edits: [
      {
        file: 'core-api/payments/payment-repository.ts',
        from: `AND seat_status = 'HELD' AND held_until > SYSDATE(6)`,
        to: `AND seat_status = 'HELD'`,
      },
      {
        file: 'core-api/payments/payment-repository.ts',
        from: `AND reservation_status = 'HELD' AND reservation_expire_dt > SYSDATE(6)`,
        to: `AND reservation_status = 'HELD'`,
      },
      {
        file: 'core-api/payments/payment-rules.ts',
        from: `status !== 'HELD' || isOverdue`,
        to: `status !== 'HELD' || isOverdue === null`,
      },
      slowExpiry(20_000),
    ],
    seenBy: ['paidInTime'],
    load: dawdle,
  },
  {
    name: 'a hold that has run out stays HELD',
    edits: [slowExpiry(3_600_000)],
    seenBy: ['nothingIsStuck'],
    load: dawdle,
  },
  {
    name: 'an idempotency key is forgotten',
    edits: [
      {
        file: 'core-api/idempotency/idempotency-service.ts',
        from: 'key === undefined ? undefined : [userId, callName, key];',
        to: 'key === undefined ? undefined : [userId, callName, key + Math.random()];',
      },
    ],
    seenBy: ['oneEffectPerKey', 'ledgersMatchHistory'],
    load: crush,
  },
  {
    name: 'events are written after the commit',
    edits: [
      {
        file: 'core-api/outbox/outbox-repository.ts',
        from: 'append: async (tx, ...events) => {',
        to: `append: async (_tx, ...events) => {
          const tx = { run: async (...insert: Parameters<Tx['run']>) => {
            setTimeout(() => void database.run(...insert).catch(() => undefined), 100);
          } };`,
      },
    ],
    seenBy: ['everySaleIsTold'],
    load: crush,
  },
];
