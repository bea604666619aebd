import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { role } from './contracts/auth.ts';
import type { KeySet } from './keys.ts';
import { Problem } from './problems.ts';

/**
 * The proof that a call comes from the peer service and from nobody else:
 *
 *     x-internal-assertion: v1.<kid>.<claims>.<signature>
 *
 * `claims` is base64url JSON, `signature` base64url HMAC-SHA-256 over everything that must not be
 * changed on the way: version, key id, claims, audience, method, path with query, body hash.
 */
export const assertionHeader = 'x-internal-assertion';

export type Service = 'core-api' | 'queue-gateway';

/** Who the call is for. `null` where the call carries no such thing. */
export interface Caller {
  userId: string | null;
  role: z.infer<typeof role> | null;
  /** Room (concert id) and number of the entry whose active token came with the call. */
  room: string | null;
  entryId: string | null;
}

export const nobody: Caller = { userId: null, role: null, room: null, entryId: null };

/** Of a body that went by without being kept; base64url. */
export interface BodyHash {
  sha256: string;
}

/**
 * A large upload is signed at both ends. The header's assertion, over no body, opens the door; the
 * last bytes of the body are the assertion over what came before them, filled up with spaces. Nothing
 * is done before that one was checked.
 */
export const sealBytes = 1_024;
export const sealedHeader = 'x-internal-sealed';

export interface SignedCall {
  /** The service that shall answer. */
  audience: Service;
  method: string;
  /** Path and query exactly as on the request line. */
  target: string;
  /** The body's bytes, empty when there is none; or what is known of them. */
  body: Uint8Array | BodyHash;
}

const claimsSchema = z.strictObject({
  u: z.string().nullable(),
  r: role.nullable(),
  m: z.string().nullable(),
  e: z.string().nullable(),
  /** Unix time in ms. */
  t: z.int(),
  /** 96 random bits, so that a receiver can refuse a replay. */
  n: z.string().regex(/^[A-Za-z0-9_-]{16}$/),
});

const version = 'v1';
const maxAgeMs = 30_000;
const maxHeaderLength = 1_024;

function bodyHash(body: Uint8Array | BodyHash): string {
  if ('sha256' in body) return body.sha256;
  return body.length === 0 ? '-' : createHash('sha256').update(body).digest('base64url');
}

function signature(keys: KeySet, kid: string, claims: string, call: SignedCall): Buffer {
  const key = keys.byKid.get(kid);
  if (!key) throw new Problem('assertion-invalid', { cause: new Error('unknown key id') });
  const parts = [
    version,
    kid,
    claims,
    call.audience,
    call.method,
    call.target,
    bodyHash(call.body),
  ];
  return createHmac('sha256', key).update(parts.join('\n')).digest();
}

export interface AssertionOptions {
  keys: KeySet;
  /** Unix time in ms. */
  now?: () => number;
}

/** Who calls, now: the claims of an assertion, base64url. */
export function assertionClaims(caller: Caller, now: () => number): string {
  const { userId: u, role: r, room: m, entryId: e } = caller;
  const claims: z.infer<typeof claimsSchema> = { u, r, m, e, t: now(), n: nonce() };
  return Buffer.from(JSON.stringify(claims)).toString('base64url');
}

/** The header value for a call in the name of whom the claims say. */
export function signClaims(keys: KeySet, call: SignedCall, claims: string): string {
  const { kid } = keys.signing;
  return `${version}.${kid}.${claims}.${signature(keys, kid, claims, call).toString('base64url')}`;
}

/** The header value for a call. */
export function signAssertion(options: AssertionOptions, call: SignedCall, caller: Caller): string {
  const { keys, now = Date.now } = options;
  return signClaims(keys, call, assertionClaims(caller, now));
}

const nonceBytes = 12;
let pool = Buffer.alloc(0);
let poolAt = 0;

/** Randomness is drawn for hundreds of calls at once: a draw costs more than the signature. */
function nonce(): string {
  if (poolAt + nonceBytes > pool.length) {
    pool = randomBytes(nonceBytes * 512);
    poolAt = 0;
  }
  poolAt += nonceBytes;
  return pool.toString('base64url', poolAt - nonceBytes, poolAt);
}

const refuse = (why: string): never => {
  throw new Problem('assertion-invalid', { cause: new Error(why) });
};

/**
 * The caller that the peer vouches for.
 * @throws Problem `assertion-invalid`, whatever is wrong; the reason is its `cause`.
 */
export function verifyAssertion(
  options: AssertionOptions,
  call: SignedCall,
  header: string | undefined,
): Caller & { nonce: string } {
  if (!header || header.length > maxHeaderLength) return refuse('missing or too long');
  const [given, kid, claims, sent, ...rest] = header.split('.');
  if (given !== version || !kid || !claims || !sent || rest.length > 0) return refuse('malformed');
  const expected = signature(options.keys, kid, claims, call);
  const actual = Buffer.from(sent, 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    return refuse('wrong signature');
  }
  const parsed = claimsSchema.safeParse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
  if (!parsed.success) return refuse('malformed claims');
  const { u, r, m, e, t, n } = parsed.data;
  if (Math.abs((options.now ?? Date.now)() - t) > maxAgeMs) return refuse('too old or too new');
  return { userId: u, role: r, room: m, entryId: e, nonce: n };
}
