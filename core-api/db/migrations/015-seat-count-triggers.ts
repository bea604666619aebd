import type { Migration } from './index.ts';

const add = 'INSERT INTO seat_count (concert_schedule_id, total, held, sold)';

/** A seat as it counts: nothing while it is INACTIVE. */
const counts = (row: 'OLD' | 'NEW', status?: 'HELD' | 'SOLD'): string =>
  status
    ? `(${row}.status = 'ACTIVE' AND ${row}.seat_status = '${status}')`
    : `(${row}.status = 'ACTIVE')`;
const change = (status?: 'HELD' | 'SOLD'): string =>
  `${counts('NEW', status)} - ${counts('OLD', status)}`;

const triggers: Record<string, string> = {
  tr_schedule_counted: `AFTER INSERT ON concert_schedule FOR EACH ROW
    ${add} VALUES (NEW.concert_schedule_id, 0, 0, 0)`,
  tr_seat_counted: `AFTER INSERT ON concert_seat FOR EACH ROW
    ${add} VALUES (NEW.concert_schedule_id, ${counts('NEW')}, ${counts('NEW', 'HELD')},
      ${counts('NEW', 'SOLD')})`,
  tr_seat_recounted: `AFTER UPDATE ON concert_seat FOR EACH ROW
    IF NEW.seat_status <> OLD.seat_status OR NEW.status <> OLD.status THEN
      ${add} VALUES (NEW.concert_schedule_id, ${change()}, ${change('HELD')}, ${change('SOLD')});
    END IF`,
};

const dropTriggers = Object.keys(triggers).map((name) => `DROP TRIGGER IF EXISTS ${name}`);

/** From here on every date has a row; one without is counted by its seats. */
const countNow = `INSERT INTO seat_count (concert_schedule_id, total, held, sold)
  SELECT d.concert_schedule_id, COUNT(s.seat_id),
    COALESCE(SUM(s.seat_status = 'HELD'), 0), COALESCE(SUM(s.seat_status = 'SOLD'), 0)
  FROM concert_schedule d LEFT JOIN concert_seat s
    ON s.concert_schedule_id = d.concert_schedule_id AND s.status = 'ACTIVE'
  GROUP BY d.concert_schedule_id`;

/**
 * Triggers, so that no change of a seat can go uncounted, whoever writes it. Where the account may
 * not make them the table stays empty, and the seats themselves are counted each time. Run it
 * while nothing is sold: a sale between the triggers and the first count would count twice, which
 * `npm run audit` finds.
 */
export const seatCountTriggers: Migration = {
  name: '015-seat-count-triggers',
  mayBeRefused: true,
  up: [
    ...dropTriggers,
    ...Object.entries(triggers).map(([name, body]) => `CREATE TRIGGER ${name} ${body}`),
    'DELETE FROM seat_count',
    countNow,
  ],
  down: dropTriggers,
};
