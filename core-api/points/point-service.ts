import type { PointHistory } from '../../shared/contracts/points.ts';
import { Problem } from '../../shared/problems.ts';
import type { Page, PageQuery } from '../db/page.ts';
import type { PointRepository } from './point-repository.ts';

/** Reading one's points. What moves them is in `ledger-*`. */
export interface PointService {
  /** @throws Problem `not-found` for an account that is gone */
  balance(userId: string): Promise<{ point: number }>;
  history(userId: string, page: PageQuery): Promise<Page<PointHistory>>;
}

export function createPointService(points: PointRepository): PointService {
  return {
    balance: async (userId) => {
      const point = await points.balanceOf(userId);
      if (point === undefined) throw new Problem('not-found');
      return { point };
    },
    history: (userId, page) => points.historyOf(userId, page),
  };
}
