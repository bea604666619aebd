import { Problem } from '../../shared/problems.ts';
import type { Transact } from '../db/transaction.ts';
import type { BypassRepository } from './bypass-repository.ts';
import { codeBytes, codeHash, toCode } from './bypass-rules.ts';
import type { RoomRepository } from './room-repository.ts';

/** Codes by which an operator spares people the challenge of a room. */
export interface BypassService {
  /** Makes codes; nothing can show them a second time. @throws Problem `not-found` */
  create(
    concertId: string,
    wish: { count: number; label: string; uses: number },
    by: { userId: string | null },
  ): Promise<{ label: string; uses: number; codes: string[] }>;
  /** Uses one up for an account; repeated by the same account it costs nothing more. */
  redeem(concertId: string, use: { userId: string; code: string }): Promise<{ accepted: boolean }>;
}

export interface BypassServiceDeps {
  codes: BypassRepository;
  rooms: Pick<RoomRepository, 'find' | 'addAudit'>;
  transaction: Transact;
  randomBytes: (count: number) => Uint8Array;
}

export function createBypassService(deps: BypassServiceDeps): BypassService {
  const { codes, rooms, transaction, randomBytes } = deps;
  return {
    create: async (concertId, { count, label, uses }, { userId }) => {
      const room = await rooms.find(concertId);
      if (!room) throw new Problem('not-found');
      const made = Array.from({ length: count }, () => toCode(randomBytes(codeBytes)));
      await transaction(async (tx) => {
        await codes.add(tx, { concertId, label, uses, hashes: made.map(codeHash) });
        const after = { label, count, uses };
        await rooms.addAudit(tx, { userId, action: 'bypass-codes', before: room, after });
      });
      return { label, uses, codes: made };
    },
    redeem: async (concertId, { userId, code }) => {
      const room = await rooms.find(concertId);
      if (!room) return { accepted: false };
      return transaction(async (tx) => {
        const known = await codes.lock(tx, concertId, codeHash(code));
        if (!known) return { accepted: false };
        const { bypassCodeId, label } = known;
        if (await codes.hasUsed(tx, bypassCodeId, userId)) return { accepted: true };
        if (!(await codes.use(tx, bypassCodeId, userId))) return { accepted: false };
        const after = { label, bypassCodeId };
        await rooms.addAudit(tx, { userId, action: 'bypass-use', before: room, after });
        return { accepted: true };
      });
    },
  };
}
