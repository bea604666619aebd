import type { Check } from './check.ts';

/** Every point accounted for. */
export const ledgerChecks: readonly Check[] = [
  {
    name: 'account-without-points',
    says: 'An account has exactly one balance',
    sql: `SELECT u.user_id, COUNT(p.point_id) AS balances
      FROM users u LEFT JOIN point p ON p.user_id = u.user_id
      GROUP BY u.user_id HAVING COUNT(p.point_id) <> 1`,
  },
  {
    name: 'balance-not-sum-of-history',
    says: 'A balance is the sum of its history, and its version the number of rows',
    sql: `SELECT p.point_id, p.user_id, p.point, p.version, COALESCE(h.total, 0) AS history_total,
        COALESCE(h.entries, 0) AS history_rows
      FROM point p LEFT JOIN (
        SELECT point_id, SUM(amount) AS total, COUNT(*) AS entries
        FROM point_history GROUP BY point_id) h ON h.point_id = p.point_id
      WHERE p.point <> COALESCE(h.total, 0) OR p.version <> COALESCE(h.entries, 0)`,
  },
  {
    name: 'history-chain-broken',
    says: 'Each history row follows from the one before: numbers 1, 2, 3, … and balance by amount',
    sql: `SELECT * FROM (
        SELECT point_history_id, point_id, seq, amount, point_after_transaction,
          COALESCE(LAG(seq) OVER w, 0) AS seq_before,
          COALESCE(LAG(point_after_transaction) OVER w, 0) AS point_before
        FROM point_history WINDOW w AS (PARTITION BY point_id ORDER BY seq)) chained
      WHERE seq <> seq_before + 1 OR point_after_transaction <> point_before + amount`,
  },
  {
    name: 'balance-negative',
    says: 'No balance is below 0, nor was one ever',
    sql: `SELECT point_id, point AS balance, NULL AS point_history_id FROM point WHERE point < 0
      UNION ALL SELECT point_id, point_after_transaction, point_history_id
      FROM point_history WHERE point_after_transaction < 0`,
  },
  {
    name: 'points-not-conserved',
    says: 'Points in = points out: charged - paid + refunded = what the accounts have',
    sql: `SELECT * FROM (SELECT
        (SELECT COALESCE(SUM(amount), 0) FROM point_history WHERE type = 'CHARGE') AS charged,
        (SELECT COALESCE(SUM(amount), 0) FROM payment) AS paid,
        (SELECT COALESCE(SUM(amount), 0) FROM payment WHERE payment_status = 'REFUNDED') AS refunded,
        (SELECT COALESCE(SUM(point), 0) FROM point) AS balances) sums
      WHERE charged - paid + refunded <> balances`,
  },
  {
    name: 'charge-not-credited-once',
    says: 'A CREDITED charge has exactly one CHARGE row, of its amount, in the ledger of its account; no other charge has one',
    sql: `SELECT c.charge_id, c.charge_status, c.amount, c.point_history_id, h.amount AS credited
      FROM charge c LEFT JOIN point_history h ON h.point_history_id = c.point_history_id
        LEFT JOIN point p ON p.point_id = h.point_id
      WHERE (c.charge_status = 'CREDITED') <> (c.point_history_id IS NOT NULL)
        OR (c.point_history_id IS NOT NULL
          AND (h.type IS NULL OR h.type <> 'CHARGE' OR h.amount <> c.amount
            OR p.user_id <> c.user_id))`,
  },
  {
    name: 'answer-not-stored',
    says: 'A committed Idempotency-Key has its answer',
    sql: `SELECT user_id, call_name, idem_key FROM idempotency_key
      WHERE reply_status NOT BETWEEN 200 AND 299 OR reply_body = ''`,
  },
];
