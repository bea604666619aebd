import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
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
  readonly issuer: string;
  readonly audience: string;
  /** Longest life a token of this kind can have, and the oldest one that is looked at. */
  readonly maxLifeSeconds: number;
}

/** Of a kind that is signed by one algorithm, whatever its keys. */
export interface PinnedAlgorithm {
  readonly algorithm: 'HS256' | 'ES256';
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

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648 §3.5: the bits of the last character that belong to no byte are zero. */
function isWholeBytes(segment: string): boolean {
  const over = segment.length % 4;
  if (over === 0) return true;
  const spare = over === 2 ? 0b1111 : 0b11;
  return over !== 1 && (base64url.indexOf(segment.slice(-1)) & spare) === 0;
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
  const signature = token.slice(lastDot + 1);
  if (!header || !isWholeBytes(signature)) return undefined;
  return {
    header,
    payload,
    signed: token.slice(0, lastDot),
    signature,
  };
}

/** The header of a token, to find the key by; nothing in it is trusted. */
export const peekHeader = (token: string): TokenHeader | undefined => openToken(token)?.header;

/**
 * The key a token of this kind names; the algorithm is ours to say, the token may only agree.
 * @param algorithmOf what this key signs by.
 */
export function keyOf(
  { typ }: TokenPins,
  keys: ReadonlyMap<string, KeyObject>,
  { header }: OpenToken,
  algorithmOf: (key: KeyObject) => string,
): KeyObject | undefined {
  const key = header.typ === typ ? keys.get(header.kid) : undefined;
  return key && header.alg === algorithmOf(key) ? key : undefined;
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

/** The options every call of `jwt.verify` gets: nothing is left to the token to decide. */
export const verifyOptions = (pins: TokenPins & PinnedAlgorithm, nowMs: number) => ({
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
