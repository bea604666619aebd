import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { id } from '../../shared/contracts/endpoint.ts';
import { type KeySet, perVersion } from '../../shared/keys.ts';

/** What a ticket says. No name and no price: whoever finds it learns nothing of its holder. */
export interface TicketClaims {
  reservationId: string;
  concertId: string;
  scheduleId: string;
  seatNum: number;
}

export interface TicketTokens {
  sign(claims: TicketClaims): string;
  /** @returns undefined for whatever is not a ticket of ours. */
  verify(code: string): TicketClaims | undefined;
}

/** Short names: every character makes the QR code denser. */
const payloadSchema = z.strictObject({ sub: id, con: id, dat: id, num: z.int() });

const maxCodeLength = 1_024;
const typ = 'ticket+jwt';

/**
 * ES256 (RFC 7518 §3.4), type `ticket+jwt` so that no other kind of token passes for it
 * (RFC 8725 §3.11). A ticket has no end: whether it still counts is the reservation's to say, and
 * the date may be moved.
 * @param keys private ones sign and verify, public ones verify.
 */
export function createTicketTokens(keys: KeySet): TicketTokens {
  const publicKeys = perVersion(
    () => keys.version,
    () =>
      new Map(
        [...keys.byKid].map(([kid, key]) => [
          kid,
          key.type === 'private' ? createPublicKey(key) : key,
        ]),
      ),
  );
  return {
    sign: ({ reservationId, concertId, scheduleId, seatNum }) => {
      const { kid, key } = keys.signing;
      const payload = { sub: reservationId, con: concertId, dat: scheduleId, num: seatNum };
      const header = { alg: 'ES256', typ, kid } as const;
      return jwt.sign(payload, key, { algorithm: 'ES256', header, noTimestamp: true });
    },
    verify: (code) => {
      if (code.length > maxCodeLength) return undefined;
      const { header } = jwt.decode(code, { complete: true }) ?? {};
      const key = header?.typ === typ ? publicKeys().get(header.kid ?? '') : undefined;
      if (!key) return undefined;
      try {
        const payload = payloadSchema.parse(jwt.verify(code, key, { algorithms: ['ES256'] }));
        const { sub, con, dat, num } = payload;
        return { reservationId: sub, concertId: con, scheduleId: dat, seatNum: num };
      } catch {
        return undefined;
      }
    },
  };
}
