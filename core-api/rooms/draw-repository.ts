import type { Tx } from '../db/transaction.ts';

/** Who takes part in a draw, as the gateway closed it. */
export interface ClosedRegistration {
  registered: number;
  base: number;
  digest: string;
}

export interface DrawRepository {
  /** Keeps the first secret that is given for a room; later ones are dropped. */
  addSecret(
    tx: Tx,
    concertId: string,
    secret: { secret: string; commitment: string },
  ): Promise<void>;
  /** Whether people register now, by the clock of the database. */
  isRegistering(tx: Tx, concertId: string): Promise<boolean>;
  /** False when it was fixed before, or there is no draw. */
  fix(tx: Tx, concertId: string, closed: ClosedRegistration): Promise<boolean>;
}

const addSecretSql = `INSERT INTO room_draw (concert_id, secret, commitment) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE concert_id = room_draw.concert_id`;

const isRegisteringSql = `SELECT 1 AS found FROM room_policy p
  JOIN room_draw d ON d.concert_id = p.concert_id
  WHERE p.concert_id = ? AND p.queue_order = 'draw' AND d.registered IS NULL
    AND p.pre_queue_opens_at <= SYSDATE(6) AND p.opens_at > SYSDATE(6)`;

/** Once: what was fixed first stays. Never while people can still register. */
const fixSql = `UPDATE room_draw SET registered = ?, base_number = ?, digest = ?
  WHERE concert_id = ? AND registered IS NULL`;

export function createDrawRepository(): DrawRepository {
  return {
    addSecret: async (tx, concertId, { secret, commitment }) => {
      await tx.run(addSecretSql, [concertId, secret, commitment]);
    },
    isRegistering: async (tx, concertId) =>
      (await tx.rows(isRegisteringSql, [concertId])).length > 0,
    fix: async (tx, concertId, { registered, base, digest }) => {
      const { affectedRows } = await tx.run(fixSql, [registered, base, digest, concertId]);
      return affectedRows === 1;
    },
  };
}
