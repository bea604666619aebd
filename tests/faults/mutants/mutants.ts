import type { CheckerName } from '../checkers/index.ts';

/** One text of the product that is replaced while it is read. */
export interface Edit {
  /** From the root of the repository. */
  file: string;
  from: string;
  to: string;
}

/** The system with one of its guards taken out. Some checker has to see it. */
export interface Mutant {
  name: string;
  edits: readonly Edit[];
  /** Constraints that would still hold the line, dropped. */
  sql?: readonly string[];
  /** One of these says so. */
  seenBy: readonly (CheckerName | 'audit')[];
  /** It shows under this fault; else under load alone. */
  fault?: string;
}

const noLocks: Edit = {
  file: 'core-api/lock/lock-service.ts',
  from: 'if (request.keys.length === 0 && !request.guard) return work();',
  to: 'if (request) return work();',
};

export const mutants: readonly Mutant[] = [
  {
    name: 'a seat can be taken from who holds it',
    edits: [
      {
        file: 'core-api/reservations/hold-repository.ts',
        from: `"(seat_status = 'AVAILABLE' OR (seat_status = 'HELD' AND held_until <= SYSDATE(6)))"`,
        to: `"(seat_status <> 'SOLD')"`,
      },
    ],
    sql: ['ALTER TABLE reservation DROP INDEX uq_reservation_live_seat'],
    seenBy: ['oneOwnerPerSeat'],
  },
  {
    name: 'the balance is read, then written, with no lock and no condition',
    edits: [
      noLocks,
      {
        file: 'core-api/points/ledger-repository.ts',
        from: `WHERE u.user_id = ? AND u.status = 'ACTIVE' FOR UPDATE`,
        to: `WHERE u.user_id = ? AND u.status = 'ACTIVE'`,
      },
      {
        file: 'core-api/points/ledger-repository.ts',
        from: 'WHERE point_id = ? AND version = ? AND point + ? >= 0',
        to: 'WHERE point_id = ? AND version >= 0 * ? AND point + ? >= -1000000000',
      },
    ],
    sql: ['ALTER TABLE point_history DROP INDEX uq_history_seq, ADD INDEX (point_id, seq)'],
    seenBy: ['ledgersAddUp', 'audit'],
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
    fault: 'kill -9 core-1 and core-2',
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
      {
        file: 'core-api/jobs/jobs.ts',
        from: `loop('expiry', 1_000, expiry.expireOverdue)`,
        to: `loop('expiry', 20_000, expiry.expireOverdue)`,
      },
    ],
    seenBy: ['paidInTime'],
  },
  {
    name: 'points are given back as often as asked for',
    edits: [
      {
        file: 'core-api/payments/payment-rules.ts',
        from: `if (found.status === 'REFUNDED') throw`,
        to: `if (found.status === undefined) throw`,
      },
      {
        file: 'core-api/payments/payment-repository.ts',
        from: 'return [seat, reservation, payment].every(({ affectedRows }) => affectedRows === 1);',
        to: 'return [seat, reservation, payment].length === 3;',
      },
    ],
    sql: ['ALTER TABLE point_history DROP INDEX uq_history_payment, ADD INDEX (payment_id)'],
    seenBy: ['salesAddUp', 'audit'],
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
  },
  {
    name: 'a hold that has run out stays HELD',
    edits: [
      {
        file: 'core-api/jobs/jobs.ts',
        from: `loop('expiry', 1_000, expiry.expireOverdue)`,
        to: `loop('expiry', 3_600_000, async () => 'idle')`,
      },
    ],
    seenBy: ['nothingIsStuck'],
  },
  {
    name: 'a point from nowhere with every charge',
    edits: [
      {
        file: 'core-api/points/ledger-repository.ts',
        from: 'const delta = point - account.point;',
        to: 'const delta = point - account.point + (point > account.point ? 1 : 0);',
      },
    ],
    seenBy: ['ledgersAddUp', 'readsAreConserved'],
  },
  {
    name: 'a waiting token opens the door',
    edits: [
      {
        file: 'queue-gateway/http/guard.ts',
        from: `if (claims.kind === 'waiting') return refuseWaiting(line, claims);`,
        to: `if (claims.kind === 'waiting') return claims as never;`,
      },
    ],
    seenBy: ['nobodyIntrudes'],
  },
  {
    name: 'three slots too many',
    edits: [
      {
        file: 'queue-gateway/queue/lua/parts/admit.lua',
        from: 'local places, limit = room.maxActive - slots',
        to: 'local places, limit = room.maxActive + 3 - slots',
      },
    ],
    seenBy: ['slotsWithinPolicy'],
  },
  {
    name: 'a slot is free as soon as it is taken',
    edits: [
      {
        file: 'queue-gateway/queue/lua/activate.lua',
        from: `redis.call('ZADD', key.leases, math.min(now + room.idleMs, entry.hard_end), number)`,
        to: `redis.call('ZREM', key.leases, number)`,
      },
    ],
    seenBy: ['slotsWithinPolicy'],
  },
  {
    name: 'one number for everybody',
    edits: [
      {
        file: 'queue-gateway/queue/lua/join.lua',
        from: 'local number = room.tail + 1',
        to: 'local number = math.max(room.front, room.tail - 1) + 1',
      },
    ],
    seenBy: ['numbersAreUnique'],
  },
  {
    name: 'a turn for every tab',
    edits: [
      {
        file: 'queue-gateway/queue/lua/activate.lua',
        from: '  reply = repeated(more)',
        to: '  reply = claim()',
      },
    ],
    seenBy: ['oneAdmissionPerEntry'],
  },
  {
    name: 'who came last is let in first',
    edits: [
      {
        file: 'queue-gateway/queue/lua/parts/admit.lua',
        from: 'local number = first_living(room.front + 1)',
        to: 'local number = first_living(math.max(room.front + 1, room.tail))',
      },
    ],
    seenBy: ['nobodyIsOvertaken'],
  },
];
