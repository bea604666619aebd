import { expect } from 'chai';
import type { Charge } from '../../shared/contracts/points.ts';
import { generateSecretJwk, loadSecretKeys } from '../../shared/keys.ts';
import { eventually } from '../harness/eventually.ts';
import { type FakeProvider, startFakeProvider } from '../harness/fake-provider.ts';
import { startStack, type Stack } from '../harness/stack.ts';
import type { Fan } from '../../scripts/client/fan.ts';

const setOf = (...keys: unknown[]): string => JSON.stringify({ keys });

describe('story: points for money, by a provider that calls back', () => {
  const [next, old] = [generateSecretJwk(), generateSecretJwk()];
  const keys = loadSecretKeys(setOf(next, old));
  let provider: FakeProvider;
  let stack: Stack;
  before(async () => {
    provider = await startFakeProvider(keys);
    stack = await startStack({
      env: {
        PAYMENT_PROVIDER: 'webhook',
        PAYMENT_PROVIDER_URL: provider.url,
        PAYMENT_WEBHOOK_KEYS: setOf(next, old),
      },
    });
  });
  after(async () => {
    await stack.close();
    await provider.close();
  });
  afterEach(async () => {
    expect(await stack.violations()).to.deep.equal([]);
  });

  async function asked(amount: number): Promise<{ fan: Fan; charge: Charge; at: string }> {
    const [fan] = await stack.fans(1);
    if (!fan) throw new Error('no fan');
    const begun = await fan.call<Charge>('POST', '/points/charges', { body: { amount } });
    expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
    const { chargeId } = begun.body;
    return { fan, charge: begun.body, at: `/points/charges/${chargeId}` };
  }

  const pointsOf = async (fan: Fan): Promise<number> =>
    (await fan.call<{ point: number }>('GET', '/points')).body.point;
  const stateOf = async (fan: Fan, at: string): Promise<string> =>
    (await fan.call<Charge>('GET', at)).body.status;
  const paid = (charge: Charge) => ({
    type: 'charge.succeeded' as const,
    chargeId: charge.chargeId,
    amount: charge.amount,
  });
  const notify: FakeProvider['notify'] = (url, notice, options) =>
    provider.notify(url, notice, options);

  it('tells the provider, sends the fan there, and credits once it has confirmed', async () => {
    const { fan, charge, at } = await asked(7_000);
    expect(charge).to.include({ status: 'PENDING', amount: 7_000, pointHistoryId: null });
    await eventually(async () => {
      const { body } = await fan.call<Charge>('GET', at);
      expect(body.payUrl).to.equal(`https://pay.example/${charge.chargeId}`);
    });
    expect(provider.told.filter(({ chargeId }) => chargeId === charge.chargeId)).to.have.length(1);
    expect(await pointsOf(fan)).to.equal(0);

    expect(await notify(stack.gatewayUrl, paid(charge))).to.equal('200 CREDITED');
    expect(await pointsOf(fan)).to.equal(7_000);
    expect(await stateOf(fan, at)).to.equal('CREDITED');
    const other = await asked(1);
    expect((await other.fan.call('GET', at)).status, 'another’s').to.equal(404);
  });

  it('credits once what is confirmed 50 times at once, and again later', async () => {
    const { fan, charge } = await asked(300);
    const words = await Promise.all(
      Array.from({ length: 50 }, () => notify(stack.gatewayUrl, paid(charge))),
    );
    expect(new Set(words)).to.deep.equal(new Set(['200 CREDITED']));
    expect(await notify(stack.gatewayUrl, paid(charge))).to.equal('200 CREDITED');
    expect(await pointsOf(fan)).to.equal(300);
  });

  it('believes nobody else, nothing old, and nothing that was changed on the way', async () => {
    const { fan, charge, at } = await asked(500);
    const refused = '401 signature-invalid';
    const stranger = loadSecretKeys(setOf(generateSecretJwk()));
    const minute = 60_000;
    const notice = paid(charge);
    const instead = { ...notice, amount: 50_000 };
    const { gatewayUrl } = stack;
    expect(await notify(gatewayUrl, notice, { keys: stranger })).to.equal(refused);
    expect(await notify(gatewayUrl, notice, { atMs: Date.now() - 6 * minute })).to.equal(refused);
    expect(await notify(gatewayUrl, notice, { atMs: Date.now() + 6 * minute })).to.equal(refused);
    expect(await notify(gatewayUrl, notice, { instead })).to.equal(refused);
    expect(await notify(gatewayUrl, instead)).to.equal('409 charge-mismatch');
    expect(await notify(gatewayUrl, { ...notice, chargeId: '999999' })).to.equal('404 not-found');
    expect(await stateOf(fan, at)).to.equal('PENDING');
    expect(await pointsOf(fan)).to.equal(0);
    const before = loadSecretKeys(setOf(old));
    const late = { keys: before, atMs: Date.now() - 4 * minute };
    expect(await notify(gatewayUrl, notice, late), 'the key before').to.equal('200 CREDITED');
  });

  it('credits nothing after a failure or when its time has run out, and says so', async () => {
    const { gatewayUrl } = stack;
    const failed = await asked(100);
    const failure = { ...paid(failed.charge), type: 'charge.failed' as const };
    expect(await notify(gatewayUrl, failure)).to.equal('200 FAILED');
    expect(await notify(gatewayUrl, failure)).to.equal('200 FAILED');
    expect(await notify(gatewayUrl, paid(failed.charge))).to.equal('409 charge-closed');
    expect(await pointsOf(failed.fan)).to.equal(0);

    const late = await asked(100);
    await stack.sql('UPDATE charge SET expires_at = SYSDATE(6) WHERE charge_id = ?', [
      late.charge.chargeId,
    ]);
    expect(await notify(gatewayUrl, paid(late.charge))).to.equal('409 charge-closed');
    expect(await stateOf(late.fan, late.at)).to.equal('EXPIRED');
    expect(await pointsOf(late.fan)).to.equal(0);

    const credited = await asked(100);
    expect(await notify(gatewayUrl, paid(credited.charge))).to.equal('200 CREDITED');
    const regret = { ...paid(credited.charge), type: 'charge.failed' as const };
    expect(await notify(gatewayUrl, regret)).to.equal('409 charge-closed');
    expect(await pointsOf(credited.fan)).to.equal(100);
  });

  it('takes a key of a charge once, and no more than an account may have', async () => {
    const [fan] = await stack.fans(1);
    const headers = { 'idempotency-key': 'charge-1' };
    const ask = (amount: number, more?: object) =>
      fan?.call<Charge & { code: string }>('POST', '/points/charges', {
        body: { amount },
        ...more,
      });
    const [first, again] = [await ask(1_000_000, { headers }), await ask(1_000_000, { headers })];
    expect(again?.body).to.deep.equal(first?.body);
    expect(again?.status).to.equal(202);
    for (let count = 2; count <= 10; count += 1)
      expect((await ask(1_000_000))?.status).to.equal(202);
    expect((await ask(1))?.body.code).to.equal('point-limit-exceeded');
    expect((await ask(1_000_001))?.status).to.equal(400);
  });

  it('tells a provider that was away again', async () => {
    provider.failNext(1);
    const { charge } = await asked(42);
    const due = 'UPDATE charge SET next_try_at = SYSDATE(6) WHERE charge_id = ? AND attempts = 1';
    await eventually(
      async () => {
        await stack.sql(due, [charge.chargeId]);
        const told = provider.told.filter(({ chargeId }) => chargeId === charge.chargeId);
        expect(told).to.have.length(1);
      },
      { deadlineMs: 10_000 },
    );
  });
});
