import { expect } from 'chai';
import { keyFiles } from '../../scripts/stack/key-files.ts';
import { jwsAlgorithmOf } from '../../shared/jws.ts';
import {
  generateAccessJwk,
  generatePrivateJwk,
  loadAccessKeys,
  loadAccessPublicKeys,
  loadPrivateKeys,
  loadSecretKeys,
} from '../../shared/keys.ts';
import { Problem, type ProblemCode } from '../../shared/problems.ts';
import {
  forgeries,
  privateKeys,
  publicPem,
  secretKeys,
  setOf,
  signed,
  type TokenKind,
  tokenKinds,
} from '../../tests/gateway/forgeries.ts';
import { forge, nowSeconds } from '../../tests/gateway/forge.ts';
import { createAccessTokens } from './access-token.ts';
import { createActiveTokens } from './active-token.ts';
import { createReceipts } from './receipts.ts';
import { createQueueTokens } from './queue-tokens.ts';
import { createWaitingTokens } from './waiting-token.ts';

/** In the midst of a change from keys of one kind to the other. */
const accessJwks = setOf(generateAccessJwk(), generatePrivateJwk());
const accessKeys = loadAccessKeys(accessJwks);
const activeKeys = privateKeys();
const waitingKeys = secretKeys();
let nowMs = Date.now();
const now = (): number => nowMs;
const active = createActiveTokens({ keys: activeKeys, now });
const waiting = createWaitingTokens({ keys: waitingKeys, now });
const queue = createQueueTokens({ waiting, active });
const access = createAccessTokens({ keys: loadAccessPublicKeys(accessJwks), now });

interface Kind extends TokenKind {
  verify: (token: string) => unknown;
  invalid: ProblemCode;
  expired: ProblemCode;
}

const made = tokenKinds({
  waiting: waitingKeys.signing,
  active: activeKeys.signing,
  access: accessKeys.signing,
});
const [, earlierKey] = [...accessKeys.byKid].map(([kid, key]) => ({ kid, key }));
if (!earlierKey) throw new Error('two keys');
const { access: earlierAccess } = tokenKinds({
  waiting: waitingKeys.signing,
  active: activeKeys.signing,
  access: earlierKey,
});
const accessCodes = {
  verify: access.verify,
  invalid: 'access-token-invalid',
  expired: 'access-token-invalid',
} as const;
const queueCodes = { invalid: 'queue-token-invalid', expired: 'queue-token-ended' } as const;

const kinds: Record<string, Kind> = {
  waiting: { ...made.waiting, ...queueCodes, verify: queue.verify },
  active: { ...made.active, ...queueCodes, verify: queue.verify },
  access: { ...made.access, ...accessCodes },
  'access of a P-256 key': { ...earlierAccess, ...accessCodes },
};

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    return `accepted ${JSON.stringify(await run())}`;
  } catch (thrown) {
    return thrown instanceof Problem ? thrown.code : `not a problem: ${String(thrown)}`;
  }
};

describe('tokens', () => {
  beforeEach(() => {
    nowMs = Date.now();
  });

  for (const [name, kind] of Object.entries(kinds)) {
    describe(`${name} token`, () => {
      it('accepts the right one', async () => {
        expect(await codeOf(() => kind.verify(signed(kind)))).to.match(/^accepted .*"userId":"7"/);
      });

      for (const [what, make] of Object.entries(forgeries)) {
        it(`refuses ${what}`, async () => {
          expect(await codeOf(() => kind.verify(make(kind)))).to.equal(kind.invalid);
        });
      }

      it('says expired apart from invalid', async () => {
        const token = signed(kind, {}, { iat: nowSeconds() - 600, exp: nowSeconds() - 60 });
        expect(await codeOf(() => kind.verify(token))).to.equal(kind.expired);
      });

      it('refuses every other kind, also under its own typ and key id', async () => {
        for (const [otherName, other] of Object.entries(kinds)) {
          if (otherName === name) continue;
          const foreign = signed({ ...kind, alg: other.alg, key: other.key }, { alg: other.alg });
          expect(await codeOf(() => kind.verify(foreign)), otherName).to.equal(kind.invalid);
        }
      });

      it('refuses a key of every set there is, also under its own typ and key id', async () => {
        for (const { variable, generate } of keyFiles) {
          const jwk = generate();
          const isSecret = jwk.kty === 'oct';
          const { key } = (isSecret ? loadSecretKeys : loadAccessKeys)(setOf(jwk)).signing;
          const alg = isSecret ? 'HS256' : jwsAlgorithmOf(key);
          const foreign = signed({ ...kind, alg, key }, { alg });
          expect(await codeOf(() => kind.verify(foreign)), variable).to.equal(kind.invalid);
        }
      });

      it('refuses claims of another kind under its own key', async () => {
        for (const [otherName, other] of Object.entries(kinds)) {
          if (other.header['typ'] === kind.header['typ']) continue;
          const token = forge({ ...kind, payload: other.payload() });
          expect(await codeOf(() => kind.verify(token)), otherName).to.equal(kind.invalid);
        }
      });
    });
  }

  it('refuses HS256 over a public key that is no secret', async () => {
    for (const name of ['active', 'access', 'access of a P-256 key']) {
      const kind = kinds[name];
      if (!kind) throw new Error(name);
      const token = forge({
        alg: 'HS256',
        key: publicPem(kind),
        header: { ...kind.header, alg: 'HS256' },
        payload: kind.payload(),
      });
      expect(await codeOf(() => kind.verify(token)), name).to.equal(kind.invalid);
    }
  });

  it('reads back what it signed', async () => {
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
    expect(await codeOf(() => waiting.verify(active.sign(admitted)))).to.equal(
      'queue-token-invalid',
    );
    expect(await codeOf(() => active.verify(waiting.sign(claims)))).to.equal('queue-token-invalid');
  });

  it('does not outlive its expiry in the cache of verified tokens', async () => {
    const kind = kinds['active'];
    if (!kind) throw new Error('active');
    const token = signed(kind, {}, { exp: nowSeconds() + 10 });
    expect(await codeOf(() => kind.verify(token))).to.match(/^accepted/);
    nowMs += 16_000;
    expect(await codeOf(() => kind.verify(token))).to.equal('queue-token-ended');
  });

  it('keeps every key of a rotation valid and signs with the first', async () => {
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
    expect(await codeOf(() => before.verify(after.sign(claims)))).to.equal('queue-token-invalid');
  });

  it('take a receipt, signed with whatever key, for a token of no kind', async () => {
    const receipt = await createReceipts({ keys: activeKeys, now }).issue({
      sub: '7',
      room: '3',
      epoch: 0,
      policyVersion: 1,
      queueId: '12',
    });
    for (const text of [receipt, String(receipt.split('~')[0])])
      for (const verify of [queue.verify, access.verify])
        expect(await codeOf(() => verify(text))).to.match(/-token-invalid$/);
  });
});
