import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import {
  generateAccessJwk,
  generatePrivateJwk,
  generateSecretJwk,
  type KeySet,
  loadAccessKeys,
  loadPrivateKeys,
  loadSecretKeys,
  type SigningKey,
} from '../../shared/keys.ts';
import { jwsAlgorithmOf } from '../../shared/jws.ts';
import { forge, type Json, nowSeconds, segment } from './forge.ts';

/** A kind of token: how its signer makes one. */
export interface TokenKind {
  alg: 'HS256' | 'ES256' | 'RS256';
  key: KeyObject;
  header: Json;
  payload: () => Json;
}

export const setOf = (...keys: unknown[]): string => JSON.stringify({ keys });
export const privateKeys = (): KeySet => loadPrivateKeys(setOf(generatePrivateJwk()));
export const rsaKeys = (): KeySet => loadAccessKeys(setOf(generateAccessJwk()));
export const secretKeys = (): KeySet => loadSecretKeys(setOf(generateSecretJwk()));

const entryClaims = (): Json => ({
  iss: 'queue-gateway',
  aud: 'waiting',
  sub: '7',
  room: '3',
  qid: '12',
  epoch: 0,
  iat: nowSeconds(),
  exp: nowSeconds() + 600,
});

/** The three kinds, each with its signing key: the same account, room and entry in all of them. */
export const tokenKinds = (keys: Record<'waiting' | 'active' | 'access', SigningKey>) =>
  ({
    waiting: {
      alg: 'HS256',
      key: keys.waiting.key,
      header: { alg: 'HS256', typ: 'waiting+jwt', kid: keys.waiting.kid },
      payload: entryClaims,
    },
    active: {
      alg: 'ES256',
      key: keys.active.key,
      header: { alg: 'ES256', typ: 'active+jwt', kid: keys.active.kid },
      payload: () => ({ ...entryClaims(), aud: 'core', jti: 'abcdefghijklmnop' }),
    },
    access: {
      alg: jwsAlgorithmOf(keys.access.key),
      key: keys.access.key,
      header: { alg: jwsAlgorithmOf(keys.access.key), typ: 'access+jwt', kid: keys.access.kid },
      payload: () => ({
        iss: 'core-api',
        aud: 'concert-on-sale',
        sub: '7',
        role: 'USER',
        name: 'fan',
        iat: nowSeconds(),
        exp: nowSeconds() + 600,
      }),
    },
  }) satisfies Record<string, TokenKind>;

export const signed = (kind: TokenKind, header: Json = {}, payload: Json = {}): string =>
  forge({
    ...kind,
    header: { ...kind.header, ...header },
    payload: { ...kind.payload(), ...payload },
  });

const otherKeys = { HS256: secretKeys, ES256: privateKeys, RS256: rsaKeys };

const without = (json: Json, name: string): Json => {
  const copy = { ...json };
  delete copy[name];
  return copy;
};

/** The public half of a key as bytes, for who signs with it as if it were a secret. */
export const publicPem = (kind: TokenKind): KeyObject =>
  createSecretKey(Buffer.from(createPublicKey(kind.key).export({ format: 'pem', type: 'spki' })));

/** Every way to get a token wrong that does not depend on its kind. */
export const forgeries: Record<string, (kind: TokenKind) => string> = {
  'an empty text': () => '',
  'no JWT at all': () => 'hello',
  'two segments': (kind) => signed(kind).split('.').slice(0, 2).join('.'),
  'four segments': (kind) => `${signed(kind)}.x`,
  'alg none with no signature': (kind) =>
    forge({ alg: 'none', header: { ...kind.header, alg: 'none' }, payload: kind.payload() }),
  'alg none in other letters': (kind) =>
    forge({ alg: 'none', header: { ...kind.header, alg: 'nOnE' }, payload: kind.payload() }),
  'alg none with the signature of the real one': (kind) =>
    [
      segment({ ...kind.header, alg: 'none' }),
      segment(kind.payload()),
      signed(kind).split('.')[2],
    ].join('.'),
  'the signature cut off': (kind) => `${signed(kind).split('.').slice(0, 2).join('.')}.`,
  'one claim changed after signing': (kind) => {
    const [head, , signature] = signed(kind).split('.');
    return [head, segment({ ...kind.payload(), sub: '8' }), signature].join('.');
  },
  'one bit of the signature changed': (kind) => {
    const [head, payload, signature] = signed(kind).split('.');
    const bytes = Buffer.from(signature ?? '', 'base64url');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return [head, payload, bytes.toString('base64url')].join('.');
  },
  'standard base64 padding': (kind) => `${signed(kind)}=`,
  'a space at the end': (kind) => `${signed(kind)} `,
  'another key under our key id': (kind) =>
    signed({
      ...kind,
      key: otherKeys[kind.alg]().signing.key,
    }),
  'an unknown key id': (kind) => signed(kind, { kid: 'nobody' }),
  'a key id that is a path': (kind) => signed(kind, { kid: '../../dev/null' }),
  'a key id that is SQL': (kind) => signed(kind, { kid: "' OR 1=1 --" }),
  'a key id that is a property of every object': (kind) => signed(kind, { kid: '__proto__' }),
  'no key id': (kind) =>
    forge({ ...kind, header: without(kind.header, 'kid'), payload: kind.payload() }),
  'no typ': (kind) =>
    forge({ ...kind, header: without(kind.header, 'typ'), payload: kind.payload() }),
  'typ JWT': (kind) => signed(kind, { typ: 'JWT' }),
  'typ in capitals': (kind) => signed(kind, { typ: String(kind.header['typ']).toUpperCase() }),
  'an unknown critical header': (kind) => signed(kind, { crit: ['x'], x: 1 }),
  'its own key in the header': (kind) =>
    signed(kind, { jwk: privateKeys().signing.key.export({ format: 'jwk' }) }),
  'a key set address in the header': (kind) => signed(kind, { jku: 'http://127.0.0.1/jwks.json' }),
  'b64 false in the header': (kind) => signed(kind, { b64: false }),
  'another issuer': (kind) => signed(kind, {}, { iss: 'somebody' }),
  'another audience': (kind) => signed(kind, {}, { aud: 'others' }),
  'a list of audiences with ours in it': (kind) =>
    signed(kind, {}, { aud: [kind.payload()['aud'], 'others'] }),
  'no exp': (kind) => forge({ ...kind, payload: without(kind.payload(), 'exp') }),
  'no iat': (kind) => forge({ ...kind, payload: without(kind.payload(), 'iat') }),
  'exp as text': (kind) => signed(kind, {}, { exp: String(nowSeconds() + 600) }),
  'exp before iat': (kind) => signed(kind, {}, { iat: nowSeconds(), exp: nowSeconds() - 1 }),
  'a life beyond the longest': (kind) => signed(kind, {}, { exp: nowSeconds() + 400 * 86_400 }),
  'iat in the future': (kind) =>
    signed(kind, {}, { iat: nowSeconds() + 60, exp: nowSeconds() + 600 }),
  'an nbf in the future': (kind) => signed(kind, {}, { nbf: nowSeconds() + 60 }),
  'no subject': (kind) => forge({ ...kind, payload: without(kind.payload(), 'sub') }),
  'a subject that is a number': (kind) => signed(kind, {}, { sub: 7 }),
  'a subject that is no id': (kind) => signed(kind, {}, { sub: '7 OR 1=1' }),
  'a key twice in the payload': (kind) => {
    const text = JSON.stringify(kind.payload());
    return forge({ ...kind, payload: `{"sub":"1",${text.slice(1)}` });
  },
  'a key twice in the header': (kind) => {
    const text = JSON.stringify(kind.header);
    return forge({ ...kind, header: `{"alg":"none",${text.slice(1)}`, payload: kind.payload() });
  },
  'white space in the payload': (kind) =>
    forge({ ...kind, payload: JSON.stringify(kind.payload(), null, 1) }),
  'a payload that is a list': (kind) => forge({ ...kind, payload: JSON.stringify([1]) }),
  'a payload that is text': (kind) => forge({ ...kind, payload: 'hello' }),
  'another algorithm of the same key': (kind) => signed(kind, { alg: 'ES384' }),
  'an algorithm in small letters': (kind) =>
    signed(kind, { alg: String(kind.header['alg']).toLowerCase() }),
  'an empty signature for an empty key': (kind) =>
    forge({ ...kind, alg: 'none', header: kind.header, payload: kind.payload() }),
  'the signature written in another way': (kind) => {
    // The last character carries bits that no byte has.
    const token = signed(kind);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return token.slice(0, -1) + String(alphabet[alphabet.indexOf(token.slice(-1)) + 1]);
  },
  'a signature of zeros': (kind) =>
    [segment(kind.header), segment(kind.payload()), segment('\0'.repeat(64))].join('.'),
  'a certificate chain in the header': (kind) => signed(kind, { x5c: ['MIIB'] }),
  'a certificate address in the header': (kind) =>
    signed(kind, { x5u: 'http://127.0.0.1/cert.pem' }),
  'a compressed payload': (kind) => signed(kind, { zip: 'DEF' }),
  'a content type of another token': (kind) => signed(kind, { cty: 'JWT' }),
  'a key id that is a list': (kind) => signed(kind, { kid: [String(kind.header['kid'])] }),
  'a typ with a space': (kind) => signed(kind, { typ: `${String(kind.header['typ'])} ` }),
  'a subject above 2^63': (kind) => signed(kind, {}, { sub: '9223372036854775808' }),
  'a subject with a zero in front': (kind) => signed(kind, {}, { sub: '07' }),
  'a subject that is a list': (kind) => signed(kind, {}, { sub: ['7'] }),
  'exp as a fraction': (kind) => signed(kind, {}, { exp: nowSeconds() + 600.5 }),
  'exp beyond every number': (kind) => {
    const text = JSON.stringify(kind.payload()).replace(/"exp":\d+/, '"exp":1e999');
    return forge({ ...kind, payload: text });
  },
  'bytes that are not UTF-8': (kind) => {
    const claims = Buffer.concat([Buffer.from('{"sub":"'), Buffer.from([0xff, 0xfe])]);
    const body = `${segment(kind.header)}.${claims.toString('base64url')}`;
    return `${body}.${String(signed(kind).split('.')[2])}`;
  },
  'more than 4 KB': (kind) => signed(kind, {}, { pad: 'x'.repeat(4_096) }),
  'a megabyte': (kind) => signed(kind, {}, { pad: 'x'.repeat(1_000_000) }),
};
