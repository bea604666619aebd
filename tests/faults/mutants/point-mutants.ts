import { crush, type Edit, type Mutant } from './mutant.ts';

const noLocks: Edit = {
  file: 'core-api/lock/lock-service.ts',
  from: 'if (request.keys.length === 0 && !request.guard) return work();',
  to: 'if (request) return work();',
};

/** Balances and their ledgers. */
export const pointMutants: readonly Mutant[] = [
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
        from: 'SET point = point + ?, version = version + ?\n  WHERE point_id = ? AND version = ? AND point + ? >= 0',
        to: 'SET point = point + ?, version = version + ?\n  WHERE point_id = ? AND version >= 0 * ? AND point + ? >= -1000000000',
      },
      {
        file: 'core-api/points/ledger-batch-repository.ts',
        from: 'ORDER BY u.user_id FOR UPDATE',
        to: 'ORDER BY u.user_id',
      },
      {
        file: 'core-api/points/ledger-batch-repository.ts',
        from: 'WHERE p.version = m.seen AND p.point + m.delta >= 0',
        to: 'WHERE p.version >= 0 * m.seen AND p.point + m.delta >= -1000000000',
      },
    ],
    sql: ['ALTER TABLE point_history DROP INDEX uq_history_seq, ADD INDEX (point_id, seq)'],
    seenBy: ['ledgersAddUp', 'audit'],
    load: crush,
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
    load: crush,
  },
  {
    name: 'a point from nowhere with every charge',
    edits: [
      {
        file: 'core-api/points/ledger-repository.ts',
        from: 'const delta = point - account.point;',
        to: 'const delta = point - account.point + (point > account.point ? 1 : 0);',
      },
      {
        file: 'core-api/points/ledger-batch-repository.ts',
        from: 'return [pointId, after - point, history.length, version];',
        to: 'return [pointId, after - point + (after > point ? 1 : 0), history.length, version];',
      },
    ],
    seenBy: ['ledgersAddUp', 'readsAreConserved'],
    load: crush,
  },
];
