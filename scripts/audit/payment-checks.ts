import type { Check } from './check.ts';

/** What was paid, for what, and where it stands in the ledger. */
export const paymentChecks: readonly Check[] = [
  {
    name: 'confirmed-without-payment',
    says: 'A CONFIRMED reservation has exactly one COMPLETED payment',
    sql: `SELECT r.reservation_id, COUNT(p.payment_id) AS payments
      FROM reservation r LEFT JOIN payment p
        ON p.reservation_id = r.reservation_id AND p.payment_status = 'COMPLETED'
      WHERE r.reservation_status = 'CONFIRMED'
      GROUP BY r.reservation_id HAVING COUNT(p.payment_id) <> 1`,
  },
  {
    name: 'payment-of-lost-reservation',
    says: 'A COMPLETED payment has a CONFIRMED reservation, a REFUNDED one a CANCELLED reservation',
    sql: `SELECT p.payment_id, p.payment_status, r.reservation_id, r.reservation_status
      FROM payment p JOIN reservation r ON r.reservation_id = p.reservation_id
      WHERE (p.payment_status = 'COMPLETED' AND r.reservation_status <> 'CONFIRMED')
        OR (p.payment_status = 'REFUNDED' AND r.reservation_status <> 'CANCELLED')`,
  },
  {
    name: 'payment-of-another-price',
    says: 'A COMPLETED payment is of the price of its seat',
    sql: `SELECT p.payment_id, p.amount, r.price AS reservation_price, s.price AS seat_price
      FROM payment p JOIN reservation r ON r.reservation_id = p.reservation_id
        JOIN concert_seat s ON s.seat_id = r.seat_id
      WHERE p.amount <> r.price OR (p.payment_status = 'COMPLETED' AND p.amount <> s.price)`,
  },
  {
    name: 'payment-of-another-account',
    says: 'A payment belongs to the account of its reservation',
    sql: `SELECT p.payment_id, p.user_id, r.user_id AS reservation_user_id
      FROM payment p JOIN reservation r ON r.reservation_id = p.reservation_id
      WHERE p.user_id <> r.user_id`,
  },
  {
    name: 'payment-not-used-once',
    says: 'A payment has exactly one USE row, of its amount, in the ledger of its account',
    sql: historyOf('USE', '-p.amount', "p.payment_status IN ('COMPLETED', 'REFUNDED')"),
  },
  {
    name: 'refund-not-credited-once',
    says: 'A REFUNDED payment has exactly one REFUND row, of its amount, in the same ledger',
    sql: historyOf('REFUND', 'p.amount', "p.payment_status = 'REFUNDED'"),
  },
  {
    name: 'refund-without-refunded-payment',
    says: 'A REFUND row belongs to a REFUNDED payment',
    sql: `SELECT h.point_history_id, h.payment_id, p.payment_status
      FROM point_history h LEFT JOIN payment p ON p.payment_id = h.payment_id
      WHERE h.type = 'REFUND' AND (p.payment_status IS NULL OR p.payment_status <> 'REFUNDED')`,
  },
  {
    name: 'history-without-payment',
    says: 'A USE or REFUND row names its payment',
    sql: `SELECT h.point_history_id, h.type FROM point_history h
      LEFT JOIN payment p ON p.payment_id = h.payment_id
      WHERE h.type <> 'CHARGE' AND p.payment_id IS NULL`,
  },
];

function historyOf(type: 'USE' | 'REFUND', amount: string, which: string): string {
  return `SELECT p.payment_id, p.amount, COUNT(h.point_history_id) AS history_rows
    FROM payment p JOIN point a ON a.user_id = p.user_id
      LEFT JOIN point_history h ON h.payment_id = p.payment_id AND h.type = '${type}'
        AND h.amount = ${amount} AND h.point_id = a.point_id
    WHERE ${which}
    GROUP BY p.payment_id, p.amount HAVING COUNT(h.point_history_id) <> 1`;
}
