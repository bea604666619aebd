import { expect } from 'chai';
import { type Caller, type SignedCall, signAssertion, verifyAssertion } from './assertion.ts';
import { generateSecretJwk, type KeySet, loadSecretKeys } from './keys.ts';
import { Problem } from './problems.ts';

const setOf = (...keys: unknown[]): KeySet => loadSecretKeys(JSON.stringify({ keys }));
const [key, next] = [generateSecretJwk(), generateSecretJwk()];
const keys = setOf(key);

const call: SignedCall = {
  audience: 'core-api',
  method: 'POST',
  target: '/concerts/3/reservations?x=1',
  body: Buffer.from('{"quantity":1}'),
};
const caller: Caller = { userId: '7', role: 'USER', room: '3', entryId: '12' };

const outcome = (run: () => unknown): string => {
  try {
    run();
    return 'taken';
  } catch (error) {
    return error instanceof Problem ? error.code : `not a problem: ${String(error)}`;
  }
};

describe('the assertion between the services', () => {
  const header = signAssertion({ keys }, call, caller);

  it('carries who called', () => {
    const { nonce, ...said } = verifyAssertion({ keys }, call, header);
    expect(said).to.deep.equal(caller);
    expect(nonce).to.match(/^[A-Za-z0-9_-]{16}$/);
  });

  const others: [string, Partial<SignedCall>][] = [
    ['another method', { method: 'DELETE' }],
    ['another path', { target: '/concerts/4/reservations?x=1' }],
    ['another query', { target: '/concerts/3/reservations?x=2' }],
    ['no query', { target: '/concerts/3/reservations' }],
    ['another body', { body: Buffer.from('{"quantity":2}') }],
    ['no body', { body: Buffer.alloc(0) }],
    ['the other service', { audience: 'queue-gateway' }],
    ['a line more in the target', { target: '/concerts/3/reservations?x=1\n-' }],
  ];
  for (const [name, changed] of others)
    it(`is good for nothing else: ${name}`, () => {
      const verify = () => verifyAssertion({ keys }, { ...call, ...changed }, header);
      expect(outcome(verify)).to.equal('assertion-invalid');
    });

  it('cannot be changed in any part', () => {
    const parts = header.split('.');
    for (const at of parts.keys()) {
      const changed = parts.with(at, `${parts[at]?.slice(0, -2)}AA`).join('.');
      expect(
        outcome(() => verifyAssertion({ keys }, call, changed)),
        `part ${at}`,
      ).to.equal('assertion-invalid');
    }
    const [version, kid, , signature] = parts;
    const admin = Buffer.from(JSON.stringify({ u: '1', r: 'ADMIN' })).toString('base64url');
    const forged = [version, kid, admin, signature].join('.');
    expect(outcome(() => verifyAssertion({ keys }, call, forged))).to.equal('assertion-invalid');
  });

  it('is refused when it is missing, malformed or long', () => {
    for (const given of [undefined, '', 'v1', 'v1.a.b', `${header}.x`, 'x'.repeat(2_000), '....'])
      expect(
        outcome(() => verifyAssertion({ keys }, call, given)),
        given,
      ).to.equal('assertion-invalid');
  });

  it('holds for thirty seconds around its time and no longer', () => {
    const signedAt = 1_000_000_000_000;
    const old = signAssertion({ keys, now: () => signedAt }, call, caller);
    const at = (ms: number) =>
      outcome(() => verifyAssertion({ keys, now: () => signedAt + ms }, call, old));
    expect([-30_000, 0, 30_000].map(at)).to.deep.equal(['taken', 'taken', 'taken']);
    expect([-30_001, 30_001].map(at)).to.deep.equal(['assertion-invalid', 'assertion-invalid']);
  });

  it('outlives a rotation, and the key that was dropped signs nothing any more', () => {
    const during = setOf(next, key);
    expect(outcome(() => verifyAssertion({ keys: during }, call, header))).to.equal('taken');
    const byNext = signAssertion({ keys: during }, call, caller);
    expect(outcome(() => verifyAssertion({ keys: during }, call, byNext))).to.equal('taken');
    expect(outcome(() => verifyAssertion({ keys: setOf(next) }, call, header))).to.equal(
      'assertion-invalid',
    );
  });

  it('has another nonce each time, over many draws of randomness', () => {
    const nonces = Array.from({ length: 3_000 }, () => {
      const signed = signAssertion({ keys }, call, caller);
      return verifyAssertion({ keys }, call, signed).nonce;
    });
    expect(new Set(nonces).size).to.equal(3_000);
  });
});
