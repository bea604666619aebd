import type { Statements } from '../db/statements.ts';

/** What is only looked up when somebody reads the metrics; each by one index, none locks. */
export interface MetricsRepository {
  /** Events that wait, how old the oldest is, and those a person must look at. */
  outbox(): Promise<{ waiting: number; parked: number; lagSeconds: number }>;
  overdueHolds(): Promise<number>;
  /** Accounts that hold a seat now, by concert; of the `roomsMax` with the most. */
  holders(): Promise<{ room: string; people: number }[]>;
}

const roomsMax = 200;
/** Beyond these the exact number says nothing more. */
const countMax = 100_000;

const waitingSql = `SELECT COUNT(*) AS waiting,
    COALESCE(TIMESTAMPDIFF(MICROSECOND, MIN(created_at), SYSDATE(6)) / 1e6, 0) AS lagSeconds
  FROM (SELECT created_at FROM outbox_event
    WHERE delivered_at IS NULL AND parked_at IS NULL ORDER BY event_id LIMIT ${countMax}) due`;

const parkedSql = `SELECT COUNT(*) AS parked FROM outbox_event
  WHERE delivered_at IS NULL AND parked_at IS NOT NULL`;

const overdueSql = `SELECT COUNT(*) AS overdue FROM (SELECT reservation_id FROM reservation
  WHERE reservation_status = 'HELD' AND reservation_expire_dt <= SYSDATE(6)
  LIMIT ${countMax}) overdue`;

const holdersSql = `SELECT s.concert_id AS room, COUNT(DISTINCT r.user_id) AS people
  FROM reservation r JOIN concert_seat s ON s.seat_id = r.seat_id
  WHERE r.reservation_status = 'HELD' AND r.reservation_expire_dt > SYSDATE(6)
  GROUP BY s.concert_id ORDER BY people DESC LIMIT ${roomsMax}`;

export function createMetricsRepository({ rows }: Pick<Statements, 'rows'>): MetricsRepository {
  return {
    async outbox() {
      const [due] = await rows<{ waiting: number; lagSeconds: number }>(waitingSql);
      const [away] = await rows<{ parked: number }>(parkedSql);
      return {
        waiting: Number(due?.waiting ?? 0),
        parked: Number(away?.parked ?? 0),
        lagSeconds: Number(due?.lagSeconds ?? 0),
      };
    },
    async overdueHolds() {
      const [found] = await rows<{ overdue: number }>(overdueSql);
      return Number(found?.overdue ?? 0);
    },
    async holders() {
      const found = await rows<{ room: number; people: number }>(holdersSql);
      return found.map(({ room, people }) => ({ room: String(room), people: Number(people) }));
    },
  };
}
