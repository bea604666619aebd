import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { jwsAlgorithmOf } from './jws.ts';

/**
 * Key sets are JWK Sets (RFC 7517): inline JSON or the path of a file. The first key signs, every
 * key verifies; the one behind it is the next to sign, known to everybody before it does.
 */
export interface SigningKey {
  kid: string;
  key: KeyObject;
}

/** Keys of one moment. */
export interface Keys {
  /** The first key. */
  readonly signing: SigningKey;
  /** Every key by its id. */
  readonly byKid: ReadonlyMap<string, KeyObject>;
}

/** The keys as they are now: a set that is read from a file follows it (`key-watch.ts`). */
export interface KeySet extends Keys {
  /** Rises with every change: what was made from the keys is made anew (`perVersion`). */
  readonly version: number;
  /** Where the keys are read from; `undefined` for inline JSON, which never changes. */
  readonly file: string | undefined;
  /**
   * Reads the file again. @returns whether the keys are others now.
   * @throws Error, and the keys stay, when the file is no such set or `check` throws.
   */
  reload(check: (candidate: Keys) => void): boolean;
}

const minSecretBytes = 32;

const jwkSet = z.object({
  keys: z
    .array(z.looseObject({ kid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), kty: z.string() }))
    .min(1)
    .max(16),
});

type ToKey = (jwk: JsonWebKey) => KeyObject;

function readKeys(text: string, toKey: ToKey): Keys {
  const entries = jwkSet
    .parse(JSON.parse(text))
    .keys.map((jwk): SigningKey => ({ kid: jwk.kid, key: toKey(jwk) }));
  const byKid = new Map(entries.map(({ kid, key }) => [kid, key]));
  const [signing] = entries;
  if (!signing || byKid.size !== entries.length) throw new Error('a key id appears twice');
  return { signing, byKid };
}

function sameKeys(one: Keys, other: Keys): boolean {
  const [ours, theirs] = [[...one.byKid], [...other.byKid]];
  return (
    ours.length === theirs.length &&
    ours.every(([kid, key], at) => kid === theirs[at]?.[0] && key.equals(theirs[at][1]))
  );
}

function toKeySet(source: string, toKey: ToKey): KeySet {
  const file = source.trimStart().startsWith('{') ? undefined : source;
  const read = (): Keys =>
    readKeys(file === undefined ? source : readFileSync(file, 'utf8'), toKey);
  let keys = read();
  let version = 0;
  return {
    file,
    get signing() {
      return keys.signing;
    },
    get byKid() {
      return keys.byKid;
    },
    get version() {
      return version;
    },
    reload(check) {
      const candidate = read();
      if (sameKeys(keys, candidate)) return false;
      check(candidate);
      keys = candidate;
      version += 1;
      return true;
    },
  };
}

/** What is made from keys, made anew whenever they change. */
export function perVersion<T>(version: () => number, make: () => T): () => T {
  let made: { version: number; value: T } | undefined;
  return () => {
    const current = version();
    if (made?.version !== current) made = { version: current, value: make() };
    return made.value;
  };
}

function requireP256(key: KeyObject): KeyObject {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  return key;
}

/** Symmetric keys (`kty: oct`) of at least 256 bits, for HS256 and HMAC-SHA-256. */
export function loadSecretKeys(source: string): KeySet {
  return toKeySet(source, (jwk) => {
    const bytes = jwk.kty === 'oct' ? Buffer.from(String(jwk.k), 'base64url') : Buffer.alloc(0);
    if (bytes.length < minSecretBytes) throw new Error('a secret key is shorter than 256 bits');
    return createSecretKey(bytes);
  });
}

/** Of access tokens: RSA keys that sign RS256, or P-256 keys that sign ES256, also side by side. */
const requireAccessKey = (key: KeyObject): KeyObject => {
  jwsAlgorithmOf(key);
  return key;
};

/** P-256 private keys, for signing ES256. */
export function loadPrivateKeys(source: string): KeySet {
  return toKeySet(source, (jwk) => requireP256(createPrivateKey({ key: jwk, format: 'jwk' })));
}

/** P-256 public keys, for verifying ES256. Private ones are taken too: their public half. */
export function loadPublicKeys(source: string): KeySet {
  return toKeySet(source, (jwk) => requireP256(createPublicKey({ key: jwk, format: 'jwk' })));
}

/**
 * The P-256 keys among those that are published (`/.well-known/jwks.json`): a set may hold keys of
 * other kinds, which who reads it passes over (RFC 7517 §5).
 */
export function pickP256Keys(published: string): KeySet {
  const { keys } = jwkSet.parse(JSON.parse(published));
  return loadPublicKeys(JSON.stringify({ keys: keys.filter(({ kty }) => kty === 'EC') }));
}

/** Private keys that sign access tokens. */
export function loadAccessKeys(source: string): KeySet {
  return toKeySet(source, (jwk) => requireAccessKey(createPrivateKey({ key: jwk, format: 'jwk' })));
}

/** The public halves of those. Private ones are taken too: their public half. */
export function loadAccessPublicKeys(source: string): KeySet {
  return toKeySet(source, (jwk) => requireAccessKey(createPublicKey({ key: jwk, format: 'jwk' })));
}

/** The public halves of a key set, as a JWK Set to publish. */
export function toPublicJwks(keys: Keys): { keys: JsonWebKey[] } {
  return {
    keys: [...keys.byKid].map(([kid, key]) => {
      const publicKey = key.type === 'private' ? createPublicKey(key) : key;
      const alg = jwsAlgorithmOf(publicKey);
      return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
    }),
  };
}

/** Of a key for its signatures: its id is the thumbprint of its public half (RFC 7638). */
function toPrivateJwk(key: KeyObject): JsonWebKey {
  const jwk = key.export({ format: 'jwk' });
  const { crv, e, kty, n, x, y } = jwk;
  const canonical = JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y });
  const kid = createHash('sha256').update(canonical).digest('base64url').slice(0, 16);
  return { ...jwk, kid, use: 'sig', alg: jwsAlgorithmOf(key) };
}

/** A new P-256 key as a private JWK. */
export const generatePrivateJwk = (): JsonWebKey =>
  toPrivateJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

/** A new key for access tokens: RSA, 2048 bits. Takes a tenth of a second and more. */
export const generateAccessJwk = (): JsonWebKey =>
  toPrivateJwk(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey);

/** A new 256-bit secret as a JWK. */
export function generateSecretJwk(): JsonWebKey {
  return {
    kty: 'oct',
    k: randomBytes(minSecretBytes).toString('base64url'),
    kid: randomBytes(12).toString('base64url'),
    use: 'sig',
    alg: 'HS256',
  };
}
