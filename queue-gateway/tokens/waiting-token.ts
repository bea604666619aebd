import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { id } from '../../shared/contracts/endpoint.ts';
import { type KeySet, perVersion } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import {
  commonClaims,
  hmacOf,
  isExpired,
  isHmacOf,
  keyOf,
  lifeFault,
  openToken,
  type PinnedAlgorithm,
  type TokenPins,
} from './token-rules.ts';

/** The proof of a place in line. The gateway alone signs and reads it, so the key is symmetric. */
export const waitingPins: TokenPins & PinnedAlgorithm = {
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

const segmentOf = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * By the HMAC itself: nobody else reads these tokens, every join signs one, and what a library
 * does around it costs four times as much.
 */
function sign(head: string, key: KeyObject, claims: Omit<WaitingClaims, 'kind'>): string {
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
  const signed = `${head}.${segmentOf(payload)}`;
  return `${signed}.${hmacOf(key, signed)}`;
}

function verify(keys: KeySet, token: string, nowMs: number): WaitingClaims {
  const opened = openToken(token);
  const key = opened && keyOf(waitingPins, keys.byKid, opened, () => waitingPins.algorithm);
  if (!key) throw invalid(new Error('not a waiting token, or of an unknown key'));
  if (!isHmacOf(key, opened)) throw invalid(new Error('the signature is wrong'));
  const payload = payloadSchema.safeParse(opened.payload);
  if (!payload.success) throw invalid(payload.error);
  if (isExpired(payload.data, nowMs))
    throw new Problem('queue-token-ended', { extra: { reason: 'expired' } });
  const fault = lifeFault(waitingPins, payload.data, nowMs);
  if (fault) throw invalid(new Error(fault));
  return toClaims(payload.data);
}

/** @param options.keys symmetric keys; the first signs, every one verifies. */
export function createWaitingTokens(options: { keys: KeySet; now: () => number }): WaitingTokens {
  const { keys, now } = options;
  const signing = perVersion(
    () => keys.version,
    () => {
      const { kid, key } = keys.signing;
      return { key, head: segmentOf({ alg: waitingPins.algorithm, typ: waitingPins.typ, kid }) };
    },
  );
  return {
    sign(claims) {
      const { head, key } = signing();
      return sign(head, key, claims);
    },
    verify: (token) => verify(keys, token, now()),
  };
}
