import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { keyFiles } from '../../scripts/stack/key-files.ts';
import {
  generatePrivateJwk,
  generateSecretJwk,
  type KeySet,
  loadPrivateKeys,
  loadPublicKeys,
  loadSecretKeys,
} from '../../shared/keys.ts';
import { Problem, type ProblemCode } from '../../shared/problems.ts';
import { forge, type Json, nowSeconds, segment } from '../../tests/gateway/forge.ts';
import { createAccessTokens } from './access-token.ts';
import { createActiveTokens } from './active-token.ts';
import { createQueueTokens } from './queue-tokens.ts';
import { createWaitingTokens } from './waiting-token.ts';

const setOf = (...keys: unknown[]): string => JSON.stringify({ keys });
const privateKeys = (): KeySet => loadPrivateKeys(setOf(generatePrivateJwk()));
const secretKeys = (): KeySet => loadSecretKeys(setOf(generateSecretJwk()));

const accessJwks = setOf(generatePrivateJwk());
const accessSigner = loadPrivateKeys(accessJwks).signing;
const activeKeys = privateKeys();
const waitingKeys = secretKeys();
let nowMs = Date.now();
const now = (): number => nowMs;
const active = createActiveTokens({ keys: activeKeys, now });
const waiting = createWaitingTokens({ keys: waitingKeys, now });
const queue = createQueueTokens({ waiting, active, now });
const access = createAccessTokens({ keys: loadPublicKeys(accessJwks), now });

interface Kind {
  alg: 'HS256' | 'ES256';
  key: KeyObject;
  header: Json;
  payload: () => Json;
  verify: (token: string) => unknown;
  invalid: ProblemCode;
  expired: ProblemCode;
}

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

const kinds: Record<string, Kind> = {
  waiting: {
    alg: 'HS256',
    key: waitingKeys.signing.key,
    header: { alg: 'HS256', typ: 'waiting+jwt', kid: waitingKeys.signing.kid },
    payload: entryClaims,
    verify: queue.verify,
    invalid: 'queue-token-invalid',
    expired: 'queue-token-ended',
  },
  active: {
    alg: 'ES256',
    key: activeKeys.signing.key,
    header: { alg: 'ES256', typ: 'active+jwt', kid: activeKeys.signing.kid },
    payload: () => ({ ...entryClaims(), aud: 'core', jti: 'abcdefghijklmnop' }),
    verify: queue.verify,
    invalid: 'queue-token-invalid',
    expired: 'queue-token-ended',
  },
  access: {
    alg: 'ES256',
    key: accessSigner.key,
    header: { alg: 'ES256', typ: 'access+jwt', kid: accessSigner.kid },
    payload: () => ({
      iss: 'core-api',
      aud: 'concert-on-sale',
      sub: '7',
      role: 'USER',
      name: 'fan',
      iat: nowSeconds(),
      exp: nowSeconds() + 600,
    }),
    verify: access.verify,
    invalid: 'access-token-invalid',
    expired: 'access-token-invalid',
  },
};

const codeOf = (run: () => unknown): string => {
  try {
    return `accepted ${JSON.stringify(run())}`;
  } catch (thrown) {
    return thrown instanceof Problem ? thrown.code : `not a problem: ${String(thrown)}`;
  }
};

const signed = (kind: Kind, header: Json = {}, payload: Json = {}): string =>
  forge({
    ...kind,
    header: { ...kind.header, ...header },
    payload: { ...kind.payload(), ...payload },
  });

const without = (json: Json, name: string): Json => {
  const copy = { ...json };
  delete copy[name];
  return copy;
};

const publicPem = (kind: Kind): KeyObject =>
  createSecretKey(Buffer.from(createPublicKey(kind.key).export({ format: 'pem', type: 'spki' })));

/** Every way to get a token wrong that does not depend on its kind. */
const forgeries: Record<string, (kind: Kind) => string> = {
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
      key: (kind.alg === 'HS256' ? secretKeys() : privateKeys()).signing.key,
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
  'more than 4 KB': (kind) => signed(kind, {}, { pad: 'x'.repeat(4_096) }),
  'a megabyte': (kind) => signed(kind, {}, { pad: 'x'.repeat(1_000_000) }),
};

describe('tokens', () => {
  beforeEach(() => {
    nowMs = Date.now();
  });

  for (const [name, kind] of Object.entries(kinds)) {
    describe(`${name} token`, () => {
      it('accepts the right one', () => {
        expect(codeOf(() => kind.verify(signed(kind)))).to.match(/^accepted .*"userId":"7"/);
      });

      for (const [what, make] of Object.entries(forgeries)) {
        it(`refuses ${what}`, () => {
          expect(codeOf(() => kind.verify(make(kind)))).to.equal(kind.invalid);
        });
      }

      it('says expired apart from invalid', () => {
        const token = signed(kind, {}, { iat: nowSeconds() - 600, exp: nowSeconds() - 60 });
        expect(codeOf(() => kind.verify(token))).to.equal(kind.expired);
      });

      it('refuses every other kind, also under its own typ and key id', () => {
        for (const [otherName, other] of Object.entries(kinds)) {
          if (otherName === name) continue;
          const foreign = signed({ ...kind, alg: other.alg, key: other.key }, { alg: other.alg });
          expect(
            codeOf(() => kind.verify(foreign)),
            otherName,
          ).to.equal(kind.invalid);
        }
      });

      it('refuses a key of every set there is, also under its own typ and key id', () => {
        for (const { variable, generate } of keyFiles) {
          const jwk = generate();
          const isSecret = jwk.kty === 'oct';
          const { key } = (isSecret ? loadSecretKeys : loadPrivateKeys)(setOf(jwk)).signing;
          const alg = isSecret ? 'HS256' : 'ES256';
          const foreign = signed({ ...kind, alg, key }, { alg });
          expect(
            codeOf(() => kind.verify(foreign)),
            variable,
          ).to.equal(kind.invalid);
        }
      });

      it('refuses claims of another kind under its own key', () => {
        for (const [otherName, other] of Object.entries(kinds)) {
          if (otherName === name) continue;
          const token = forge({ ...kind, payload: other.payload() });
          expect(
            codeOf(() => kind.verify(token)),
            otherName,
          ).to.equal(kind.invalid);
        }
      });
    });
  }

  it('refuses HS256 over a public key that is no secret', () => {
    for (const name of ['active', 'access']) {
      const kind = kinds[name];
      if (!kind) throw new Error(name);
      const token = forge({
        alg: 'HS256',
        key: publicPem(kind),
        header: { ...kind.header, alg: 'HS256' },
        payload: kind.payload(),
      });
      expect(
        codeOf(() => kind.verify(token)),
        name,
      ).to.equal(kind.invalid);
    }
  });

  it('reads back what it signed', () => {
    const claims = {
      userId: '7',
      roomId: '3',
      queueId: '12',
      epoch: 2,
      issuedAtMs: nowSeconds() * 1_000,
      expiresAtMs: (nowSeconds() + 60) * 1_000,
    };
    expect(queue.verify(waiting.sign(claims))).to.deep.equal({ kind: 'waiting', ...claims });
    const admitted = { ...claims, jti: 'AAAAAAAAAAAAAAAAAAAAAA' };
    expect(queue.verify(active.sign(admitted))).to.deep.equal({ kind: 'active', ...admitted });
    expect(codeOf(() => waiting.verify(active.sign(admitted)))).to.equal('queue-token-invalid');
    expect(codeOf(() => active.verify(waiting.sign(claims)))).to.equal('queue-token-invalid');
  });

  it('does not outlive its expiry in the cache of verified tokens', () => {
    const kind = kinds['active'];
    if (!kind) throw new Error('active');
    const token = signed(kind, {}, { exp: nowSeconds() + 10 });
    expect(codeOf(() => kind.verify(token))).to.match(/^accepted/);
    nowMs += 16_000;
    expect(codeOf(() => kind.verify(token))).to.equal('queue-token-ended');
  });

  it('keeps every key of a rotation valid and signs with the first', () => {
    const [next, old] = [generatePrivateJwk(), generatePrivateJwk()];
    const before = createActiveTokens({ keys: loadPrivateKeys(setOf(old)), now });
    const after = createActiveTokens({ keys: loadPrivateKeys(setOf(next, old)), now });
    const claims = {
      userId: '1',
      roomId: '1',
      queueId: '1',
      epoch: 0,
      jti: 'A'.repeat(22),
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
    };
    expect(after.verify(before.sign(claims)).jti).to.equal(claims.jti);
    expect(codeOf(() => before.verify(after.sign(claims)))).to.equal('queue-token-invalid');
  });
});
