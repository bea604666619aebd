import { isoOf, newIds, rowMarks } from '../db/new-rows.ts';
import { marks, padded } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import type { Account, HistoryRow } from '../points/ledger-rules.ts';
import type { Payable } from './payment-rules.ts';

/** As the lock of a single account, in ascending order; the last row has the clock. */
const lockAccountsSql = (count: number): string => `SELECT u.user_id AS userId,
    p.point_id AS pointId, p.point, p.version,
    CAST(SYSDATE(6) AS CHAR(26)) AS now, @@auto_increment_increment AS idStep
  FROM users u FORCE INDEX (PRIMARY) STRAIGHT_JOIN point p ON p.user_id = u.user_id
  WHERE u.user_id IN (${marks(count)}) AND u.status = 'ACTIVE'
  ORDER BY u.user_id FOR UPDATE`;

const payableSql = (count: number): string => `SELECT reservation_id AS reservationId,
    user_id AS userId, concert_id AS concertId, seat_id AS seatId, price,
    reservation_status AS status, reservation_expire_dt <= SYSDATE(6) AS isOverdue
  FROM reservation WHERE reservation_id IN (${marks(count)})
  ORDER BY reservation_id`;

const holdsLeftSql = (count: number): string => `SELECT user_id AS userId,
    concert_id AS concertId, COUNT(*) AS holds
  FROM reservation FORCE INDEX (ix_reservation_user)
  WHERE user_id IN (${marks(count)}) AND reservation_status = 'HELD'
    AND reservation_expire_dt > SYSDATE(6)
  GROUP BY user_id, concert_id`;

/** The rows are locked already; the conditions say what must be true, whatever the lock did. */
const postSql = (count: number): string => `UPDATE point p JOIN (${[
  'SELECT CAST(? AS SIGNED) AS id, CAST(? AS SIGNED) AS delta',
  ', CAST(? AS SIGNED) AS entries, CAST(? AS SIGNED) AS seen',
].join('')}${' UNION ALL SELECT ?, ?, ?, ?'.repeat(count - 1)}) d ON d.id = p.point_id
  SET p.point = p.point + d.delta, p.version = p.version + d.entries
  WHERE p.version = d.seen AND p.point + d.delta >= 0`;
