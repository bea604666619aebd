import type { CoreEvent } from '../../shared/contracts/internal.ts';
import { isLockedRow } from '../db/db-errors.ts';
import { rowMarks } from '../db/new-rows.ts';
import { marks, padded, type Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';

type Without<Event, Keys extends PropertyKey> = Event extends unknown ? Omit<Event, Keys> : never;

/** An event as a feature tells it: number and time come with its row. */
export type NewEvent = Without<CoreEvent, 'eventId' | 'occurredAt'>;

export interface StoredEvent {
  event: CoreEvent;
  attempts: number;
}

const insertSql = (count: number): string => `INSERT INTO outbox_event
  (concert_id, event_type, payload) VALUES ${rowMarks(count, 3)}`;

/** The one row that whoever delivers holds: two relays at once would swap events. */
const leaseSql = "SELECT lease_name FROM lease WHERE lease_name = 'outbox' FOR UPDATE NOWAIT";

const dueSql = (
  batchMax: number,
  without: number,
): string => `SELECT event_id AS eventId, concert_id AS concertId,
    event_type AS type, payload, attempts, created_at AS occurredAt
  FROM outbox_event WHERE delivered_at IS NULL AND parked_at IS NULL
    ${without > 0 ? `AND concert_id NOT IN (${marks(without)})` : ''}
  ORDER BY event_id LIMIT ${batchMax}`;

/** A concert without a seat to sell, whose end was not told since a seat came back. */
const soldOutSql = `SELECT c.concert_id AS concertId FROM concert c
  WHERE c.concert_id = ?
    AND EXISTS (SELECT 1 FROM concert_seat s WHERE s.concert_id = c.concert_id)
    AND NOT EXISTS (SELECT 1 FROM concert_schedule d
      JOIN concert_seat s ON s.concert_schedule_id = d.concert_schedule_id
      WHERE d.concert_id = c.concert_id AND d.status = 'ACTIVE'
        AND s.seat_status IN ('AVAILABLE', 'HELD') AND s.status = 'ACTIVE')
    AND COALESCE((SELECT e.event_type FROM outbox_event e WHERE e.concert_id = c.concert_id
      AND e.event_type IN ('concert.sold-out', 'payment.refunded')
      ORDER BY e.event_id DESC LIMIT 1), '') <> 'concert.sold-out'`;

const deleteOldSql = (batchMax: number): string => `DELETE FROM outbox_event
  WHERE delivered_at < SYSDATE(6) - INTERVAL ? HOUR ORDER BY delivered_at LIMIT ${batchMax}`;

const anyDueSql = `SELECT 1 FROM outbox_event
  WHERE delivered_at IS NULL AND parked_at IS NULL LIMIT 1`;

export interface OutboxRepository {
  /** Part of the transaction in which the thing happened. */
  append(tx: Tx, ...events: readonly NewEvent[]): Promise<void>;
  /** Whether there is anything to deliver: what an idle relay asks. */
  isAnyDue(): Promise<boolean>;
  /** For the rest of the transaction. @returns false when another instance delivers. */
  takeLease(tx: Tx): Promise<boolean>;
  /** Events to deliver, in order, of all concerts but these. */
  due(tx: Tx, options: { batchMax: number; without: readonly string[] }): Promise<StoredEvent[]>;
  markDelivered(tx: Tx, eventIds: readonly string[]): Promise<void>;
  markFailed(tx: Tx, eventIds: readonly string[]): Promise<void>;
  /** Out of the way of the others, to be looked at by a person. */
  park(tx: Tx, eventId: string): Promise<void>;
  isNewlySoldOut(tx: Tx, concertId: string): Promise<boolean>;
  /** @returns how many delivered events were removed. */
  removeDelivered(options: { olderThanHours: number; batchMax: number }): Promise<number>;
}

interface EventRow {
  eventId: number;
  concertId: number;
  type: CoreEvent['type'];
  payload: string;
  attempts: number;
  occurredAt: Date;
}

export function createOutboxRepository(database: Statements): OutboxRepository {
  const update = async (tx: Tx, change: string, eventIds: readonly string[]): Promise<void> => {
    const ids = padded(eventIds);
    const sql = `UPDATE outbox_event SET ${change} WHERE event_id IN (${marks(ids.length)})`;
    await tx.run(sql, ids);
  };
  return {
    append: async (tx, ...events) => {
      await tx.run(
        insertSql(events.length),
        events.flatMap(({ concertId, type, ...payload }) => [
          concertId,
          type,
          JSON.stringify(payload),
        ]),
      );
    },
    isAnyDue: async () => (await database.rows(anyDueSql)).length > 0,
    takeLease: async (tx) => {
      try {
        return (await tx.rows(leaseSql)).length > 0;
      } catch (error) {
        if (isLockedRow(error)) return false;
        throw error;
      }
    },
    due: async (tx, { batchMax, without }) => {
      const others = without.length === 0 ? [] : padded(without);
      const rows = await tx.rows<EventRow>(dueSql(batchMax, others.length), others);
      return rows.map(toStoredEvent);
    },
    markDelivered: (tx, ids) =>
      update(tx, 'delivered_at = SYSDATE(6), attempts = attempts + 1', ids),
    markFailed: (tx, ids) => update(tx, 'attempts = attempts + 1', ids),
    park: (tx, id) => update(tx, 'parked_at = SYSDATE(6), attempts = attempts + 1', [id]),
    isNewlySoldOut: async (tx, concertId) => (await tx.rows(soldOutSql, [concertId])).length > 0,
    removeDelivered: async ({ olderThanHours, batchMax }) => {
      const { affectedRows } = await database.run(deleteOldSql(batchMax), [String(olderThanHours)]);
      return affectedRows;
    },
  };
}

/** The payload was written by `append`, whose type says what it holds. */
function toStoredEvent({ attempts, payload, ...row }: EventRow): StoredEvent {
  const event = {
    ...(JSON.parse(payload) as object),
    eventId: String(row.eventId),
    concertId: String(row.concertId),
    type: row.type,
    occurredAt: row.occurredAt.toISOString(),
  } as CoreEvent;
  return { attempts, event };
}
