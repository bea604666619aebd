import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { id } from '../../shared/contracts/endpoint.ts';
import type { KeySet } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import {
  commonClaims,
  lifeFault,
  peekHeader,
  type TokenPins,
  verifyOptions,
} from './token-rules.ts';

/** The proof of a place in line. The gateway alone signs and reads it, so the key is symmetric. */
export const waitingPins: TokenPins = {
  typ: 'waiting+jwt',
  algorithm: 'HS256',
  issuer: 'queue-gateway',
  audience: 'waiting',
  maxLifeSeconds: 14 * 24 * 3_600,
};

export interface WaitingClaims {
  readonly kind: 'waiting';
  readonly userId: string;
  readonly roomId: string;
  /** Number of the entry in its room; null for a registration that was not drawn when it was given. */
  readonly queueId: string | null;
  /** Of who registered for a draw. */
  readonly registrationIndex?: number | undefined;
  /** Epoch of the room when the number was given; a reset room has a higher one. */
  readonly epoch: number;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export interface WaitingTokens {
  sign(claims: Omit<WaitingClaims, 'kind'>): string;
  /** @throws Problem `queue-token-invalid`, or `queue-token-ended` when only its time is over. */
  verify(token: string): WaitingClaims;
  keysVersion(): number;
}

const payloadSchema = z
  .strictObject({
    ...commonClaims(waitingPins),
    sub: id,
    room: id,
    qid: id.optional(),
    reg: z.int().positive().optional(),
    epoch: z.int().nonnegative(),
  })
  .refine(({ qid, reg }) => qid !== undefined || reg !== undefined, 'names no entry');

const invalid = (cause: unknown): Problem => new Problem('queue-token-invalid', { cause });

function toClaims(payload: z.infer<typeof payloadSchema>): WaitingClaims {
  return {
    kind: 'waiting',
    userId: payload.sub,
    roomId: payload.room,
    queueId: payload.qid ?? null,
    ...(payload.reg !== undefined && { registrationIndex: payload.reg }),
    epoch: payload.epoch,
    issuedAtMs: payload.iat * 1_000,
    expiresAtMs: payload.exp * 1_000,
  };
}

function sign(keys: KeySet, claims: Omit<WaitingClaims, 'kind'>): string {
  const { kid, key } = keys.signing;
  const payload: z.infer<typeof payloadSchema> = {
    iss: 'queue-gateway',
    aud: 'waiting',
    sub: claims.userId,
    room: claims.roomId,
    ...(claims.queueId === null ? {} : { qid: claims.queueId }),
    ...(claims.registrationIndex && { reg: claims.registrationIndex }),
    epoch: claims.epoch,
    iat: Math.floor(claims.issuedAtMs / 1_000),
    exp: Math.floor(claims.expiresAtMs / 1_000),
  };
  const header = { alg: waitingPins.algorithm, typ: waitingPins.typ, kid };
  return jwt.sign(payload, key, { algorithm: waitingPins.algorithm, header });
}

function verify(keys: KeySet, token: string, nowMs: number): WaitingClaims {
  const header = peekHeader(token);
  const key = header?.typ === waitingPins.typ ? keys.byKid.get(header.kid) : undefined;
  if (!key) throw invalid(new Error('not a waiting token, or of an unknown key'));
  let verified: jwt.Jwt;
  try {
    verified = jwt.verify(token, key, verifyOptions(waitingPins, nowMs));
  } catch (cause) {
    if (cause instanceof jwt.TokenExpiredError)
      throw new Problem('queue-token-ended', { extra: { reason: 'expired' }, cause });
    throw invalid(cause);
  }
  const payload = payloadSchema.safeParse(verified.payload);
  if (!payload.success) throw invalid(payload.error);
  const fault = lifeFault(waitingPins, payload.data, nowMs);
  if (fault) throw invalid(new Error(fault));
  return toClaims(payload.data);
}

/** @param options.keys symmetric keys; the first signs, every one verifies. */
export function createWaitingTokens(options: { keys: KeySet; now: () => number }): WaitingTokens {
  const { keys, now } = options;
  return {
    sign: (claims) => sign(keys, claims),
    verify: (token) => verify(keys, token, now()),
    keysVersion: () => keys.version,
  };
}
