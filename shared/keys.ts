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

/**
 * Key sets are JWK Sets (RFC 7517): inline JSON or the path of a file. The first key signs,
 * every key verifies, so a rotation puts the next key last, later first, later drops the old.
 */
export interface SigningKey {
  kid: string;
  key: KeyObject;
}

export interface KeySet {
  /** The first key. */
  readonly signing: SigningKey;
  /** Every key by its id. */
  readonly byKid: ReadonlyMap<string, KeyObject>;
}

const minSecretBytes = 32;

const jwkSet = z.object({
  keys: z
    .array(z.looseObject({ kid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), kty: z.string() }))
    .min(1)
    .max(8),
});

function readJwks(source: string): JsonWebKey[] {
  const text = source.trimStart().startsWith('{') ? source : readFileSync(source, 'utf8');
  return jwkSet.parse(JSON.parse(text)).keys;
}

function toKeySet(keys: JsonWebKey[], toKey: (jwk: JsonWebKey) => KeyObject): KeySet {
  const entries = keys.map((jwk): SigningKey => ({ kid: String(jwk['kid']), key: toKey(jwk) }));
  const byKid = new Map(entries.map(({ kid, key }) => [kid, key]));
  const [signing] = entries;
  if (!signing || byKid.size !== entries.length) throw new Error('a key id appears twice');
  return { signing, byKid };
}

function requireP256(key: KeyObject): KeyObject {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  return key;
}

/** Symmetric keys (`kty: oct`) of at least 256 bits, for HS256 and HMAC-SHA-256. */
export function loadSecretKeys(source: string): KeySet {
  return toKeySet(readJwks(source), (jwk) => {
    const bytes = jwk.kty === 'oct' ? Buffer.from(String(jwk.k), 'base64url') : Buffer.alloc(0);
    if (bytes.length < minSecretBytes) throw new Error('a secret key is shorter than 256 bits');
    return createSecretKey(bytes);
  });
}

/** P-256 private keys, for signing ES256. */
export function loadPrivateKeys(source: string): KeySet {
  return toKeySet(readJwks(source), (jwk) =>
    requireP256(createPrivateKey({ key: jwk, format: 'jwk' })),
  );
}

/** P-256 public keys, for verifying ES256. Private ones are taken too: their public half. */
export function loadPublicKeys(source: string): KeySet {
  return toKeySet(readJwks(source), (jwk) =>
    requireP256(createPublicKey({ key: jwk, format: 'jwk' })),
  );
}

/** The public halves of a key set, as a JWK Set to publish. */
export function toPublicJwks(keys: KeySet): { keys: JsonWebKey[] } {
  return {
    keys: [...keys.byKid].map(([kid, key]) => {
      const publicKey = key.type === 'private' ? createPublicKey(key) : key;
      return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' };
    }),
  };
}

/** A new P-256 key as a private JWK; its id is the thumbprint of its public half (RFC 7638). */
export function generatePrivateJwk(): JsonWebKey {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  const kid = createHash('sha256').update(canonical).digest('base64url').slice(0, 16);
  return { ...jwk, kid, use: 'sig', alg: 'ES256' };
}

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
