import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { id } from '../../shared/contracts/endpoint.ts';
import { type KeySet, perVersion } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import {
  commonClaims,
  lifeFault,
  peekHeader,
  type PinnedAlgorithm,
  type TokenPins,
  verifyOptions,
} from './token-rules.ts';
import { createVerifiedCache } from './verified-cache.ts';

/** The proof of admission. Its public keys are published, so that others can check it too. */
export const activePins: TokenPins & PinnedAlgorithm = {
  typ: 'active+jwt',
  algorithm: 'ES256',
  issuer: 'queue-gateway',
  audience: 'core',
  maxLifeSeconds: 25 * 3_600,
};

export interface ActiveClaims {
  readonly kind: 'active';
  readonly userId: string;
  readonly roomId: string;
  /** Number of the entry in its room. */
  readonly queueId: string;
  /** Epoch of the room when the number was given; a reset room has a higher one. */
  readonly epoch: number;
  /** Fixed when the turn is taken; a token handed out again has the same one. */
  readonly jti: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export interface ActiveTokens {
  sign(claims: Omit<ActiveClaims, 'kind'>): string;
  /**
   * At once for a token that was right a moment ago, or was signed here.
   * @throws Problem `queue-token-invalid`, or `queue-token-ended` when only its time is over.
   */
  verify(token: string): ActiveClaims;
  /** At once, when it is right and was seen a moment ago. */
  known(token: string): ActiveClaims | undefined;
  /**
   * A token as our own store kept it, and what it says; signed again when its key was retired.
   * @throws Problem `queue-token-ended` when its time is over.
   */
  restore(token: string): { token: string; claims: ActiveClaims };
}

const payloadSchema = z.strictObject({
  ...commonClaims(activePins),
  sub: id,
  room: id,
  qid: id,
  epoch: z.int().nonnegative(),
  jti: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
});

const invalid = (cause: unknown): Problem => new Problem('queue-token-invalid', { cause });

function toClaims(payload: z.infer<typeof payloadSchema>): ActiveClaims {
  return {
    kind: 'active',
    userId: payload.sub,
    roomId: payload.room,
    queueId: payload.qid,
    epoch: payload.epoch,
    jti: payload.jti,
    issuedAtMs: payload.iat * 1_000,
    expiresAtMs: payload.exp * 1_000,
  };
}

function sign(keys: KeySet, claims: Omit<ActiveClaims, 'kind'>) {
  const { kid, key } = keys.signing;
  const payload: z.infer<typeof payloadSchema> = {
    iss: 'queue-gateway',
    aud: 'core',
    sub: claims.userId,
    room: claims.roomId,
    qid: claims.queueId,
    epoch: claims.epoch,
    jti: claims.jti,
    iat: Math.floor(claims.issuedAtMs / 1_000),
    exp: Math.floor(claims.expiresAtMs / 1_000),
  };
  const header = { alg: activePins.algorithm, typ: activePins.typ, kid };
  const token = jwt.sign(payload, key, { algorithm: activePins.algorithm, header });
  return { token, claims: toClaims(payload) };
}

function verify(keys: KeySet['byKid'], token: string, nowMs: number): ActiveClaims {
  const header = peekHeader(token);
  const key = header?.typ === activePins.typ ? keys.get(header.kid) : undefined;
  if (!key) throw invalid(new Error('not an active token, or of an unknown key'));
  let verified: jwt.Jwt;
  try {
    verified = jwt.verify(token, key, verifyOptions(activePins, nowMs));
  } catch (cause) {
    if (cause instanceof jwt.TokenExpiredError)
      throw new Problem('queue-token-ended', { extra: { reason: 'expired' }, cause });
    throw invalid(cause);
  }
  const payload = payloadSchema.safeParse(verified.payload);
  if (!payload.success) throw invalid(payload.error);
  const fault = lifeFault(activePins, payload.data, nowMs);
  if (fault) throw invalid(new Error(fault));
  return toClaims(payload.data);
}

/** What our own store kept is proved by where it was. */
function ofStore(token: string, nowMs: number): Omit<ActiveClaims, 'kind'> {
  const claims = toClaims(payloadSchema.parse(jwt.decode(token)));
  if (claims.expiresAtMs <= nowMs)
    throw new Problem('queue-token-ended', { extra: { reason: 'expired' } });
  return claims;
}

/** @param options.keys P-256 private keys; the first signs, the public half of each verifies. */
export function createActiveTokens(options: { keys: KeySet; now: () => number }): ActiveTokens {
  const { keys, now } = options;
  const keysVersion = (): number => keys.version;
  const publicKeys = perVersion(
    keysVersion,
    () => new Map([...keys.byKid].map(([kid, key]) => [kid, createPublicKey(key)])),
  );
  const verified = createVerifiedCache<ActiveClaims>({
    verify: (token) => verify(publicKeys(), token, now()),
    now,
    keysVersion,
  });

  function signAndRemember(asked: Omit<ActiveClaims, 'kind'>) {
    const signed = sign(keys, asked);
    verified.remember(signed.token, signed.claims);
    return signed;
  }

  return {
    sign: (claims) => signAndRemember(claims).token,
    verify: verified.verify,
    known: verified.known,
    restore(token) {
      const isRetired = !publicKeys().has(peekHeader(token)?.kid ?? '');
      if (isRetired) return signAndRemember(ofStore(token, now()));
      return { token, claims: verified.verify(token) };
    },
  };
}
