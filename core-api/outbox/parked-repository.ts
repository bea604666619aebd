import type { ParkedEvent } from '../../shared/contracts/events.ts';
import { type Page, type PageQuery, pageRows, toPage } from '../db/page.ts';
import type { Statements } from '../db/statements.ts';

/** Along `ix_outbox_due`: only what was never delivered is looked at. */
const listSql = `SELECT event_id AS eventId, concert_id AS concertId, event_type AS eventType,
    attempts, created_at AS occurredAt, parked_at AS parkedAt
  FROM outbox_event
  WHERE delivered_at IS NULL AND parked_at IS NOT NULL AND event_id < ?
  ORDER BY event_id DESC LIMIT ?`;

const retrySql = `UPDATE outbox_event SET parked_at = NULL
  WHERE event_id = ? AND delivered_at IS NULL AND parked_at IS NOT NULL`;

/** Above every id there can be. */
const noCursor = String(Number.MAX_SAFE_INTEGER);

export interface ParkedRepository {
  /** Newest first. */
  list(page: PageQuery): Promise<Page<ParkedEvent>>;
  /** It is due again. @returns false when there is no such parked event. */
  retry(eventId: string): Promise<boolean>;
}

type Row = Omit<ParkedEvent, 'eventId' | 'concertId' | 'occurredAt' | 'parkedAt'> & {
  eventId: number;
  concertId: number;
  occurredAt: Date;
  parkedAt: Date;
};

export function createParkedRepository({ rows, run }: Statements): ParkedRepository {
  return {
    list: async (page) => {
      const found = await rows<Row>(listSql, [page.cursor ?? noCursor, pageRows(page)]);
      return toPage(found.map(toParked), page, ({ eventId }) => eventId);
    },
    retry: async (eventId) => (await run(retrySql, [eventId])).affectedRows === 1,
  };
}

const toParked = (row: Row): ParkedEvent => ({
  ...row,
  eventId: String(row.eventId),
  concertId: String(row.concertId),
  occurredAt: row.occurredAt.toISOString(),
  parkedAt: row.parkedAt.toISOString(),
});
