import { expect } from 'chai';
import { audit, checks } from '../../scripts/audit.ts';
import { openSaleWorld, reservationIds, type SaleWorld } from './sale-world.ts';

/** One fault per check, planted where the guards of the schema are taken out. */
const plants: Record<string, string[]> = {
  'seat-counts-wrong': ['UPDATE seat_count SET sold = sold + 1 LIMIT 1'],
  'seat-two-live-reservations': [
    `INSERT INTO reservation (user_id, seat_id, concert_id, concert_schedule_id, price,
       reservation_expire_dt, reservation_status)
     SELECT user_id, seat_id, concert_id, concert_schedule_id, price,
       reservation_expire_dt, 'CONFIRMED' FROM reservation WHERE reservation_status = 'HELD'`,
  ],
  'seat-sold-without-reservation': [
    "UPDATE concert_seat SET seat_status = 'SOLD' WHERE seat_status = 'AVAILABLE'",
  ],
  'seat-confirmed-not-sold': [
    "UPDATE concert_seat SET seat_status = 'AVAILABLE' WHERE seat_status = 'SOLD'",
  ],
  'seat-held-without-reservation': [
    "UPDATE reservation SET reservation_status = 'CANCELLED' WHERE reservation_status = 'HELD'",
  ],
  'seat-hold-not-kept': [
    `UPDATE concert_seat SET held_until = held_until + INTERVAL 1 SECOND
     WHERE seat_status = 'HELD'`,
  ],
  'cancelled-date-still-sold': [
    `INSERT INTO schedule_cancel (concert_schedule_id, concert_id, user_id)
     SELECT concert_schedule_id, concert_id, 1 FROM concert_schedule`,
  ],
  'checked-in-without-seat': [
    "UPDATE reservation SET checked_in_at = SYSDATE(6) WHERE reservation_status = 'HELD'",
  ],
  'reservation-of-another-concert': ['UPDATE reservation SET concert_id = concert_id + 1'],
  'confirmed-without-payment': [
    'DELETE FROM point_history WHERE payment_id IS NOT NULL',
    'DELETE FROM payment',
  ],
  'payment-of-lost-reservation': [
    "UPDATE reservation SET reservation_status = 'EXPIRED' WHERE reservation_status = 'CONFIRMED'",
  ],
  'payment-of-another-price': ['UPDATE payment SET amount = amount - 1'],
  'payment-of-another-account': ['UPDATE payment SET user_id = (SELECT MAX(user_id) FROM users)'],
  'payment-not-used-once': ["UPDATE point_history SET amount = 0 WHERE type = 'USE'"],
  'refund-not-credited-once': ["UPDATE point_history SET amount = 0 WHERE type = 'REFUND'"],
  'refund-without-refunded-payment': [
    "UPDATE payment SET payment_status = 'COMPLETED' WHERE payment_status = 'REFUNDED'",
  ],
  'history-without-payment': ["UPDATE point_history SET payment_id = NULL WHERE type = 'USE'"],
  'account-without-points': ["INSERT INTO users (user_name, password_hash) VALUES ('lost', '-')"],
  'balance-not-sum-of-history': ['UPDATE point SET point = point + 1'],
  'history-chain-broken': ['UPDATE point_history SET seq = seq + 1 ORDER BY seq DESC'],
  'balance-negative': ['UPDATE point SET point = -1'],
  'points-not-conserved': ['UPDATE point SET point = point + 1'],
  'charge-not-credited-once': [
    `INSERT INTO charge (user_id, amount, charge_status, point_history_id)
     SELECT p.user_id, h.amount + 1, 'CREDITED', h.point_history_id FROM point_history h
       JOIN point p ON p.point_id = h.point_id WHERE h.type = 'CHARGE' LIMIT 1`,
  ],
  'answer-not-stored': ['UPDATE idempotency_key SET reply_status = 0'],
};

const guards = [
  'DROP TRIGGER tr_seat_counted',
  'DROP TRIGGER tr_seat_recounted',
  'DROP TRIGGER tr_history_no_update',
  'DROP TRIGGER tr_history_no_delete',
  'ALTER TABLE reservation DROP INDEX uq_reservation_live_seat',
  'ALTER TABLE point DROP CONSTRAINT ck_point_not_negative',
  'ALTER TABLE point_history DROP CONSTRAINT ck_history_payment',
  'ALTER TABLE point_history DROP CONSTRAINT ck_history_sign',
];
const tables = ['point_history', 'payment', 'reservation', 'concert_seat', 'point', 'users'];
const copied = ['seat_count', 'charge', ...tables, 'schedule_cancel', 'idempotency_key'];

describe('audit', () => {
  let world: SaleWorld;
  const run = (sql: string) => world.database.sequelize.query(sql);

  before(async () => {
    world = await openSaleWorld();
    const date = await world.date({ seats: 6, price: 100 });
    const [buyer, holder] = await world.users(2, { points: 1_000 });
    const id = String(buyer);
    const ids = reservationIds(await world.hold(id, date, date.seatIds.slice(0, 3), 'k'));
    const paid = await world.pay(id, date, ids);
    await world.refund(id, String(paid.body.payments[0]?.paymentId));
    await world.hold(String(holder), date, date.seatIds.slice(3, 5));
    for (const sql of guards) await run(sql);
    for (const table of copied) await run(`CREATE TABLE good_${table} AS SELECT * FROM ${table}`);
  });
  after(() => world.close());

  /** As it was before the plant. */
  async function restore(): Promise<void> {
    for (const table of copied) await run(`DELETE FROM ${table} LIMIT 1000000`);
    for (const table of [...copied].reverse()) {
      const [columns] = await run(
        `SELECT GROUP_CONCAT(column_name) AS names FROM information_schema.columns
           WHERE table_schema = DATABASE() AND table_name = '${table}' AND extra NOT LIKE '%GENERATED%'`,
      );
      const [{ names } = { names: '' }] = columns as { names: string }[];
      await run(`INSERT INTO ${table} (${names}) SELECT ${names} FROM good_${table}`);
    }
  }

  it('finds nothing wrong with real sales', async () => {
    expect(await audit(world.databaseUrl)).to.deep.equal([]);
  });

  it('has a planted fault for each of its checks', () => {
    expect(Object.keys(plants).sort()).to.deep.equal(checks.map(({ name }) => name).sort());
  });

  for (const [name, faults] of Object.entries(plants)) {
    it(`finds its own fault: ${name}`, async () => {
      for (const sql of faults) await run(sql);
      const found = await audit(world.databaseUrl);
      await restore();
      const own = found.find(({ check }) => check === name);
      expect(own, JSON.stringify(found)).to.not.equal(undefined);
      expect(own?.rows.length).to.be.greaterThan(0);
      expect(await audit(world.databaseUrl)).to.deep.equal([]);
    });
  }
});
