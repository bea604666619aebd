import { createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/**
 * What every signed token of this system must look like, beyond what `jsonwebtoken` checks.
 * It accepts a missing `exp`, an `aud` array that merely contains ours, an `iat` in the future,
 * an unknown `crit`, and duplicate JSON keys; RFC 8725 asks for more.
 */
export interface TokenPins {
  /** `typ` of the header (RFC 8725 §3.11): one kind can never stand for another. */
  readonly typ: string;
  readonly algorithm: 'HS256' | 'ES256';
  readonly issuer: string;
  readonly audience: string;
  /** Longest life a token of this kind can have, and the oldest one that is looked at. */
  readonly maxLifeSeconds: number;
}

/** A token longer than this is refused before anything in it is parsed. */
export const maxTokenBytes = 4_096;
/** How far the clocks of two services may be apart. */
export const clockToleranceSeconds = 5;

const compactForm = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Exactly these members: no `crit`, no `jku`, `jwk`, `x5u`, no `b64`. */
const headerSchema = z.strictObject({
  alg: z.string(),
  typ: z.string(),
  kid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
});

export type TokenHeader = z.infer<typeof headerSchema>;

/**
 * The JSON of a segment when it is written the one way our signers write it: `JSON.stringify`,
 * so that no key can be there twice and no reader can see another value than we do.
 */
function canonicalJson(segment: string | undefined): unknown {
  if (!segment) return undefined;
  const text = Buffer.from(segment, 'base64url').toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Tokens of one key have one and the same header, so it is read once, not once a token. */
const headers = new LRUCache<string, TokenHeader>({ max: 64 });

function readHeader(segment: string): TokenHeader | undefined {
  const known = headers.get(segment);
  if (known) return known;
  const parsed = headerSchema.safeParse(canonicalJson(segment));
  if (!parsed.success) return undefined;
  headers.set(segment, parsed.data);
  return parsed.data;
}

/** What kind a token says it is; its payload is not looked at. */
export function peekKind(token: string): string | undefined {
  if (token.length > maxTokenBytes || !compactForm.test(token)) return undefined;
  return readHeader(token.slice(0, token.indexOf('.')))?.typ;
}

/** A token taken apart, nothing in it proved yet. */
export interface OpenToken {
  readonly header: TokenHeader;
  readonly payload: unknown;
  /** What the signature is over (RFC 7515 §5.1). */
  readonly signed: string;
  /** base64url. */
  readonly signature: string;
}

/** `undefined` when this cannot be a token of ours whatever its signature says. */
export function openToken(token: string): OpenToken | undefined {
  if (token.length > maxTokenBytes || !compactForm.test(token)) return undefined;
  const dot = token.indexOf('.');
  const lastDot = token.lastIndexOf('.');
  const payload = canonicalJson(token.slice(dot + 1, lastDot));
  const header = payload === undefined ? undefined : readHeader(token.slice(0, dot));
  if (!header) return undefined;
  return {
    header,
    payload,
    signed: token.slice(0, lastDot),
    signature: token.slice(lastDot + 1),
  };
}

/** The header of a token, to find the key by; nothing in it is trusted. */
export const peekHeader = (token: string): TokenHeader | undefined => openToken(token)?.header;

/** The key a token of this kind names; the algorithm is ours to say, the token may only agree. */
export function keyOf(
  pins: TokenPins,
  keys: ReadonlyMap<string, KeyObject>,
  { header }: OpenToken,
): KeyObject | undefined {
  if (header.typ !== pins.typ || header.alg !== pins.algorithm) return undefined;
  return keys.get(header.kid);
}

/** HS256 (RFC 7518 §3.2), base64url. */
export const hmacOf = (key: KeyObject, signed: string): string =>
  createHmac('sha256', key).update(signed).digest('base64url');

/** Compared as text, so that one signature has one writing. */
export function isHmacOf(key: KeyObject, { signed, signature }: OpenToken): boolean {
  const right = Buffer.from(hmacOf(key, signed), 'latin1');
  const given = Buffer.from(signature, 'latin1');
  return right.length === given.length && timingSafeEqual(right, given);
}

/** ES256 (RFC 7518 §3.4) in a thread of node's pool: it takes longer than all else of a call. */
export const isEs256Of = (key: KeyObject, { signed, signature }: OpenToken): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const publicKey = { key, dsaEncoding: 'ieee-p1363' as const };
    const bytes = Buffer.from(signature, 'base64url');
    verify('sha256', Buffer.from(signed), publicKey, bytes, (error, isRight) => {
      if (error) reject(error);
      else resolve(isRight);
    });
  });

/** The options every call of `jwt.verify` gets: nothing is left to the token to decide. */
export const verifyOptions = (pins: TokenPins, nowMs: number) => ({
  algorithms: [pins.algorithm],
  issuer: pins.issuer,
  audience: pins.audience,
  clockTolerance: clockToleranceSeconds,
  clockTimestamp: Math.floor(nowMs / 1_000),
  maxAge: pins.maxLifeSeconds,
  complete: true as const,
});

/** The claims every kind has; a kind adds its own to this schema. */
export const commonClaims = (pins: TokenPins) => ({
  iss: z.literal(pins.issuer),
  aud: z.literal(pins.audience),
  sub: z.string(),
  iat: z.int().nonnegative(),
  exp: z.int().nonnegative(),
});

/** As `jwt.verify` has it: the second it ends in is over, and the tolerance has passed. */
export const isExpired = ({ exp }: { exp: number }, nowMs: number): boolean =>
  Math.floor(nowMs / 1_000) >= exp + clockToleranceSeconds;

/** What is wrong with the times of a token whose signature and expiry are right, if anything. */
export function lifeFault(
  pins: TokenPins,
  claims: { iat: number; exp: number },
  nowMs: number,
): string | undefined {
  if (claims.exp <= claims.iat) return 'ends before it begins';
  if (claims.exp - claims.iat > pins.maxLifeSeconds) return 'lives too long';
  if (claims.iat > nowMs / 1_000 + clockToleranceSeconds) return 'is from the future';
  return undefined;
}
