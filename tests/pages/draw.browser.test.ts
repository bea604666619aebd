import { expect } from 'chai';
import type { PolicyFields } from '../../shared/contracts/queue.ts';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages } from './browser.ts';

describe('pages: the draw', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  const roomOf = async (policy: Partial<PolicyFields>) =>
    (await stack.createConcert({ seats: 20, price: 10_000, policy })).concertId;
  const setPolicy = (concertId: string, body: Partial<PolicyFields>) =>
    stack.admin.call('PUT', `/admin/queue/${concertId}`, { body });
  const fan = async () => {
    const [one] = await stack.fans(1);
    if (!one) throw new Error('no fan');
    return one;
  };

  it('registers for a draw, shows it with a receipt to keep, and draws at the opening', async () => {
    const now = Date.now();
    const concertId = await roomOf({
      order: 'draw',
      preQueueOpensAt: new Date(now - 60_000).toISOString(),
      opensAt: new Date(now + 3_600_000).toISOString(),
      maxActive: 0,
    });
    const visitor = await newVisitor({ fan: await fan() });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}/room`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.locator('[data-scene=registered]').waitFor();
    await page.getByText('The sale opens in').waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'How the draw works' }).click();
    await page.getByText('People are registering').waitFor();
    await expectAccessible(page);
    const draw = await stack.api.call<{ commitment: string }>('GET', `/queue/${concertId}/draw`);
    await page.getByText(draw.body.commitment).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download my receipt' }).click();
    expect((await download).suggestedFilename()).to.equal(`receipt-${concertId}.txt`);
    await page.goto(`/c/${concertId}/room`);
    await setPolicy(concertId, { opensAt: new Date(Date.now() + 1_000).toISOString() });
    await page.locator('[data-scene=waiting]').waitFor();
    expect(
      await page.locator('.tiles div', { hasText: 'Your number' }).locator('dd').textContent(),
    ).to.equal('1');
    await page.getByRole('link', { name: 'Check the draw' }).click();
    await page.getByText('Drawn: everything is public').waitFor();
    await page.getByRole('button', { name: 'Check it now' }).click();
    await page.getByText('worked out again on this device').waitFor();
    expect(await page.locator('#checks li').allTextContents()).to.deep.equal([
      '✓ The secret has the fingerprint that stood here before anybody registered.',
      '✓ The list of all 1 registrations has the published fingerprint.',
      '✓ Your receipt is signed by us, and is registration 1 of the list.',
      '✓ Registration 1 was drawn number 1. Your number is 1.',
    ]);
    await expectAccessible(page);
    expect(page.faults).to.deep.equal([]);
    await visitor.close();
  });

  it('finds out a draw that was not kept to', async () => {
    const concertId = await roomOf({
      order: 'draw',
      preQueueOpensAt: new Date(Date.now() - 60_000).toISOString(),
      opensAt: new Date(Date.now() + 3_600_000).toISOString(),
      maxActive: 0,
    });
    for (const one of await stack.fans(5)) await one.join(concertId);
    const visitor = await newVisitor({ fan: await fan() });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}/room`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.locator('[data-scene=registered]').waitFor();
    await setPolicy(concertId, { opensAt: new Date(Date.now() + 500).toISOString() });
    await page.locator('[data-scene=waiting]').waitFor();
    // What a dishonest server would do: another list, and another number than was drawn.
    await page.route('**/draw/leaves', async (route) => {
      const answer = await route.fetch();
      const list = (await answer.json()) as { items: { leaf: string }[] };
      list.items.reverse();
      await route.fulfill({ json: list });
    });
    await page.route('**/tokens/me', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...((await answer.json()) as object), queueId: '77' } });
    });
    await page.goto(`/c/${concertId}/draw`);
    await page.getByRole('button', { name: 'Check it now' }).click();
    await page.getByText('Your number is 77').waitFor();
    expect(await page.locator('#checks .wrong').count()).to.equal(3);
    expect(await page.locator('#checks .right').count()).to.equal(1);
    await visitor.close();
  });
});
