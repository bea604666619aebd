import { expect } from 'chai';
import type { PolicyFields } from '../../shared/contracts/queue.ts';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages } from './browser.ts';

describe('pages: the waiting room', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  const roomOf = async (policy: Partial<PolicyFields>) =>
    (await stack.createConcert({ seats: 20, price: 10_000, policy })).concertId;
  const setPolicy = (concertId: string, body: Partial<PolicyFields>) =>
    stack.admin.call('PUT', `/admin/queue/${concertId}`, { body });
  const fan = async (points = 0) => {
    const [one] = await stack.fans(1, { points });
    if (!one) throw new Error('no fan');
    return one;
  };

  it('keeps one place through tabs, a closed tab and a log-in on the way in', async () => {
    const concertId = await roomOf({ maxActive: 0 });
    const ahead = await stack.fans(3);
    for (const one of ahead) await one.join(concertId);
    const visitor = await newVisitor();
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.waitForURL('**/login?to=*');
    await page.getByRole('link', { name: 'Make an account' }).click();
    await page.getByLabel('User name').fill(`tabs-${Date.now()}`);
    await page.getByLabel('Password').fill('a-long-password');
    await page.getByRole('button', { name: 'Make an account' }).click();
    await page.waitForURL(`**/c/${concertId}/room`);
    const number = page.locator('.tiles div', { hasText: 'Your number' }).locator('dd');
    expect(await number.textContent()).to.equal('4');
    expect(await page.locator('.ahead').textContent()).to.match(/^[23]people ahead of you$/);
    await expectAccessible(page);

    const second = await newPage(visitor);
    await second.goto(`/c/${concertId}/room`);
    const same = second.locator('.tiles div', { hasText: 'Your number' }).locator('dd');
    expect(await same.textContent()).to.equal('4');
    await page.close();
    await second.close();
    const reopened = await newPage(visitor);
    await reopened.goto(`/c/${concertId}/room`);
    await reopened.locator('[data-scene=waiting]').waitFor();
    expect(
      await reopened.locator('.tiles div', { hasText: 'Your number' }).locator('dd').textContent(),
    ).to.equal('4');
    const [queue] = (await visitor.cookies()).filter(({ name }) => name === 'queue');
    expect(queue).to.include({ httpOnly: true, sameSite: 'Lax', path: `/c/${concertId}` });
    expect(reopened.faults).to.deep.equal([]);
    await visitor.close();
  });

  it('says within two seconds that the operator paused the line, and what the organiser says', async () => {
    const concertId = await roomOf({ maxActive: 0 });
    const visitor = await newVisitor({ language: 'ko', fan: await fan() });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}/room`);
    await page.getByRole('button', { name: '대기열 참여' }).click();
    await page.locator('[data-scene=waiting]').waitFor();
    await page.getByText('실시간').waitFor();
    await stack.admin.call('POST', `/admin/queue/${concertId}/pause`);
    await page.locator('.notice', { hasText: '잠시 멈췄습니다' }).waitFor({ timeout: 2_000 });
    expect(await page.locator('#said').textContent()).to.contain('잠시 멈췄습니다');
    await setPolicy(concertId, { message: 'Doors at seven' });
    await page.locator('.notice', { hasText: 'Doors at seven' }).waitFor({ timeout: 2_000 });
    await expectAccessible(page);
    await visitor.close();
  });

  it('lets who missed the turn come back, and takes the turn with one click', async () => {
    const concertId = await roomOf({ maxActive: 0, claimSeconds: 5, graceSeconds: 600 });
    const visitor = await newVisitor({ fan: await fan() });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}/room`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.locator('[data-scene=waiting]').waitFor();
    await setPolicy(concertId, { maxActive: 1 });
    await page.locator('[data-scene=ready]').waitFor();
    expect(await page.title()).to.match(/Your turn!|Waiting room/);
    expect(await page.locator('.turn.late').count(), 'warns from twenty seconds on').to.equal(1);
    await expectAccessible(page);
    await setPolicy(concertId, { claimSeconds: 60 });
    // The turn passes; the page, still open, comes back by itself, once, with a window of its own.
    await page.locator('.turn:not(.late)').waitFor();
    await page.getByRole('button', { name: 'Go in and choose seats' }).click();
    await page.waitForURL(`**/c/${concertId}/seats`);
    expect(page.faults).to.deep.equal([]);
    await visitor.close();
  });

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
    await page.goto(`/c/${concertId}/draw`);
    await page.getByText('Drawn: everything is public').waitFor();
    await visitor.close();
  });

  it('solves the puzzle of a room that asks for one, by itself', async () => {
    const concertId = await roomOf({ maxActive: 0, challenge: 'pow', powDifficulty: 10 });
    const visitor = await newVisitor({ fan: await fan() });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}/room`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.locator('[data-scene=waiting]').waitFor();
    expect(page.faults).to.deep.equal([]);
    await visitor.close();
  });

  it('is small: everything of a first load, compressed, within 40 KB', async () => {
    const concertId = await roomOf({});
    const visitor = await newVisitor();
    const page = await newPage(visitor);
    let bytes = 0;
    page.on('requestfinished', (request) => {
      void request.sizes().then((sizes) => {
        bytes += sizes.responseBodySize + sizes.responseHeadersSize;
      });
    });
    await page.goto(`/c/${concertId}/room`);
    await page.locator('[data-scene=joinable]').waitFor();
    expect(bytes).to.be.greaterThan(5_000);
    expect(bytes).to.be.lessThan(40 * 1_024);
    await visitor.close();
  });
});
