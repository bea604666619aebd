import type { PointHistory } from '../../shared/contracts/points.ts';
import type { Database } from '../db/database.ts';
import { type Page, type PageQuery, pageRows, toPage } from '../db/page.ts';

export interface PointRepository {
  balanceOf(userId: string): Promise<number | undefined>;
  /** Newest first. */
  historyOf(userId: string, page: PageQuery): Promise<Page<PointHistory>>;
}

const balanceSql = 'SELECT point FROM point WHERE user_id = ?';

/**
 * `seq` grows without a gap inside one ledger, so paging runs along `uq_history_seq`; the cursor is
 * the `seq` of the last row, and a row written meanwhile moves nothing.
 */
const historySql = `SELECT h.point_history_id AS pointHistoryId, h.amount,
    h.point_after_transaction AS pointAfterTransaction, h.type, h.created_at AS createdAt, h.seq
  FROM point p JOIN point_history h ON h.point_id = p.point_id
  WHERE p.user_id = ? AND h.seq < ?
  ORDER BY h.seq DESC LIMIT ?`;

/** Above every `seq` there can be. */
const noCursor = String(Number.MAX_SAFE_INTEGER);

type HistoryRow = Omit<PointHistory, 'pointHistoryId' | 'createdAt'> & {
  pointHistoryId: number;
  createdAt: Date;
  seq: number;
};

export function createPointRepository({ rows }: Pick<Database, 'rows'>): PointRepository {
  return {
    balanceOf: async (userId) => (await rows<{ point: number }>(balanceSql, [userId]))[0]?.point,
    historyOf: async (userId, page) => {
      const cursor = page.cursor ?? noCursor;
      const found = await rows<HistoryRow>(historySql, [userId, cursor, pageRows(page)]);
      const { items, nextCursor } = toPage(found, page, (row) => String(row.seq));
      return { items: items.map(toHistory), nextCursor };
    },
  };
}

const toHistory = ({ seq: _, ...row }: HistoryRow): PointHistory => ({
  ...row,
  pointHistoryId: String(row.pointHistoryId),
  createdAt: row.createdAt.toISOString(),
});
