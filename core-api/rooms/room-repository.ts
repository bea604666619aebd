import type { DrawRecord, RoomSetting } from '../../shared/contracts/internal.ts';
import type { RoomAudit } from '../../shared/contracts/queue.ts';
import { type Page, type PageQuery, pageRows, toPage } from '../db/page.ts';
import type { Database } from '../db/database.ts';
import type { Statements } from '../db/statements.ts';
import type { Tx } from '../db/transaction.ts';
import { defaultPolicy } from './room-rules.ts';

export interface NewRoomAudit {
  /** Null for a change without an account. */
  userId: string | null;
  /** `policy`, or the cord. */
  action: string;
  before: RoomSetting;
  /** The setting, or what was revoked or done. */
  after: object;
}

export interface RoomRepository {
  /** Of every concert, also of those not offered. */
  list(): Promise<RoomSetting[]>;
  find(concertId: string): Promise<RoomSetting | undefined>;
  /** Locks the concert's row, so that changes of one room stand in line. */
  lock(tx: Tx, concertId: string): Promise<RoomSetting | undefined>;
  save(tx: Tx, room: RoomSetting): Promise<void>;
  addAudit(tx: Tx, audit: NewRoomAudit): Promise<void>;
  /** Newest first; the cursor is the id of the last one seen. */
  listAudit(concertId: string, page: PageQuery): Promise<Page<RoomAudit>>;
}

const selectSql = `SELECT c.concert_id AS concertId, c.status, p.version, p.control,
    p.max_active AS maxActive, p.admit_per_second AS admitPerSecond,
    p.claim_seconds AS claimSeconds, p.active_seconds AS activeSeconds,
    p.idle_seconds AS idleSeconds, p.grace_seconds AS graceSeconds,
    p.max_waiting AS maxWaiting, p.opens_at AS opensAt,
    p.pre_queue_opens_at AS preQueueOpensAt, p.queue_order AS \`order\`, p.message,
    p.record_public AS recordPublic, p.challenge, p.pow_difficulty AS powDifficulty,
    d.commitment, d.registered, d.base_number AS base, d.digest,
    CASE WHEN d.registered IS NULL THEN NULL ELSE d.secret END AS secret
  FROM concert c LEFT JOIN room_policy p ON p.concert_id = c.concert_id
    LEFT JOIN room_draw d ON d.concert_id = c.concert_id`;

/** A gateway follows every room in memory; past this many concerts it needs another design. */
const maxRooms = 10_000;

const lockSql = 'SELECT concert_id FROM concert WHERE concert_id = ? FOR UPDATE';

const columns = `version, control, max_active, admit_per_second, claim_seconds, active_seconds,
  idle_seconds, grace_seconds, max_waiting, opens_at, pre_queue_opens_at, queue_order, message,
  record_public, challenge, pow_difficulty`;

const saveSql = `INSERT INTO room_policy (concert_id, ${columns})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE ${columns
    .split(',')
    .map((column) => `${column} = VALUES(${column.trim()})`)
    .join(', ')}`;

const auditSql = `INSERT INTO room_audit (concert_id, user_id, action, state_before, state_after)
  VALUES (?, ?, ?, ?, ?)`;

const listAuditSql = `SELECT room_audit_id AS auditId, created_at AS at, user_id AS userId, action,
    state_before AS stateBefore, state_after AS stateAfter
  FROM room_audit WHERE concert_id = ? AND room_audit_id < ?
  ORDER BY room_audit_id DESC LIMIT ?`;

interface AuditRow {
  auditId: number;
  at: Date;
  userId: number | null;
  action: string;
  stateBefore: string;
  stateAfter: string;
}

const toAudit = (row: AuditRow): RoomAudit => ({
  auditId: String(row.auditId),
  at: row.at.toISOString(),
  userId: row.userId === null ? null : String(row.userId),
  action: row.action,
  before: JSON.parse(row.stateBefore) as Record<string, unknown>,
  after: JSON.parse(row.stateAfter) as Record<string, unknown>,
});

type Settings = Omit<
  RoomSetting,
  'concertId' | 'concertActive' | 'opensAt' | 'preQueueOpensAt' | 'recordPublic' | 'draw'
>;

interface DrawRow extends Omit<DrawRecord, 'commitment'> {
  /** Null for a room without a draw. */
  commitment: string | null;
}

interface Row extends Settings, DrawRow {
  concertId: number;
  status: 'ACTIVE' | 'INACTIVE';
  opensAt: Date | null;
  preQueueOpensAt: Date | null;
  recordPublic: number;
}

const isoOf = (moment: Date | null): string | null => moment && moment.toISOString();

function toRoom({ concertId, status, ...rest }: Row): RoomSetting {
  const { commitment, registered, base, digest, secret, ...row } = rest;
  const draw =
    commitment === null ? {} : { draw: { commitment, registered, base, digest, secret } };
  const identity = { concertId: String(concertId), concertActive: status === 'ACTIVE', ...draw };
  // Without a row every column of the policy is NULL.
  if (row.version === null) return { ...defaultPolicy, ...identity };
  const { opensAt, preQueueOpensAt, recordPublic, ...settings } = row;
  return {
    ...settings,
    ...identity,
    opensAt: isoOf(opensAt),
    preQueueOpensAt: isoOf(preQueueOpensAt),
    recordPublic: recordPublic === 1,
  };
}

const dateOf = (moment: string | null): Date | null => (moment === null ? null : new Date(moment));

export function createRoomRepository({ rows }: Pick<Database, 'rows'>): RoomRepository {
  const find = async (statements: Pick<Statements, 'rows'>, concertId: string) => {
    const [row] = await statements.rows<Row>(`${selectSql} WHERE c.concert_id = ?`, [concertId]);
    return row && toRoom(row);
  };
  return {
    list: async () => {
      const found = await rows<Row>(`${selectSql} ORDER BY c.concert_id LIMIT ${maxRooms}`);
      return found.map(toRoom);
    },
    find: (concertId) => find({ rows }, concertId),
    lock: async (tx, concertId) => {
      await tx.rows(lockSql, [concertId]);
      return find(tx, concertId);
    },
    save: async (tx, room) => {
      await tx.run(saveSql, [
        room.concertId,
        room.version,
        room.control,
        room.maxActive,
        room.admitPerSecond,
        room.claimSeconds,
        room.activeSeconds,
        room.idleSeconds,
        room.graceSeconds,
        room.maxWaiting,
        dateOf(room.opensAt),
        dateOf(room.preQueueOpensAt),
        room.order,
        room.message,
        room.recordPublic ? 1 : 0,
        room.challenge,
        room.powDifficulty,
      ]);
    },
    addAudit: async (tx, { userId, action, before, after }) => {
      const states = [JSON.stringify(before), JSON.stringify(after)];
      await tx.run(auditSql, [before.concertId, userId, action, ...states]);
    },
    listAudit: async (concertId, page) => {
      const before = page.cursor ?? String(Number.MAX_SAFE_INTEGER);
      const found = await rows<AuditRow>(listAuditSql, [concertId, before, pageRows(page)]);
      return toPage(found.map(toAudit), page, ({ auditId }) => auditId);
    },
  };
}
