import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages, seenWithin } from './browser.ts';

describe('pages: from the line to the ticket', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  const fanWith = async (points: number) => {
    const [one] = await stack.fans(1, { points });
    if (!one) throw new Error('no fan');
    return one;
  };
  const enter = async (page: Page, concertId: string): Promise<void> => {
    await page.goto(`/c/${concertId}`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.waitForURL(`**/c/${concertId}/seats`);
    await page.locator('#hall-loading').waitFor({ state: 'hidden' });
  };
  const chooseFromList = async (page: Page, num: number): Promise<void> => {
    await page.getByText('List', { exact: true }).click();
    await page.locator('.block-list li > button').first().click();
    await page.getByRole('button', { name: `Seat ${num}`, exact: true }).click();
  };

  it('two fans race for one seat: one has it, the other is told so and takes another', async () => {
    const { concertId, seatIds } = await stack.createConcert({ seats: 4, price: 30_000 });
    const [fast, slow] = [await fanWith(100_000), await fanWith(10_000)];
    const visitors = [
      await newVisitor({ fan: fast }),
      await newVisitor({ fan: slow, width: 'desktop' }),
    ] as const;
    const first = await newPage(visitors[0]);
    const second = await newPage(visitors[1]);
    await Promise.all([enter(first, concertId), enter(second, concertId)]);
    await expectAccessible(first);
    await chooseFromList(first, 1);
    await chooseFromList(second, 1);
    // Both want it in the same moment: the second page has not heard of the first one's hold.
    await second.route('**/seats?view=state**', (route) => route.abort());
    await first.getByRole('button', { name: 'Keep these seats' }).click();
    await first.waitForURL('**/checkout');
    await second.getByRole('button', { name: 'Keep these seats' }).click();
    await second.getByText('Somebody was faster with Seat 1').waitFor();
    await second.getByText('No connection').waitFor();
    await second.unroute('**/seats?view=state**');
    // The link is back, and what was offered meanwhile still stands.
    await second.getByText('No connection').waitFor({ state: 'hidden' });
    await second.getByRole('button', { name: 'Choose these instead' }).click();
    await second.getByRole('button', { name: 'Keep these seats' }).click();
    await second.waitForURL('**/checkout');
    await expectAccessible(second);

    await second.getByText('are missing').waitFor();
    await second.getByRole('button', { name: 'Charge points' }).click();
    for (const page of [first, second]) {
      await page.getByRole('button', { name: /^Pay/ }).click();
      await page.waitForURL('**/me/tickets?paid=1');
      await page.getByRole('link', { name: 'Show ticket' }).click();
      await page.locator('.ticket img').waitFor();
      await page.waitForFunction("document.querySelector('.ticket img').naturalWidth > 0");
      await expectAccessible(page);
      expect(page.faults).to.deep.equal([]);
    }
    const owners = await stack.sql<{ seat_id: number; user_id: number }>(
      "SELECT seat_id, user_id FROM reservation WHERE reservation_status = 'CONFIRMED' AND seat_id = ?",
      [seatIds[0] ?? ''],
    );
    expect(owners.map(({ user_id: id }) => String(id))).to.deep.equal([fast.userId]);
    for (const visitor of visitors) await visitor.close();
  });

  it('shows within a second that a seat went to somebody else', async () => {
    const concert = await stack.createConcert({ seats: 3, price: 10_000 });
    const visitor = await newVisitor({ fan: await fanWith(0) });
    const page = await newPage(visitor);
    await enter(page, concert.concertId);
    await chooseFromList(page, 2);
    const [rival] = await stack.fansInside(concert.concertId, 1);
    await rival?.hold(concert.concertId, {
      scheduleId: concert.scheduleId,
      seatIds: [concert.seatIds[1] ?? ''],
    });
    await seenWithin(3_000, page.getByText('Seat 2 was taken by somebody else'));
    await visitor.close();
  });

  it('picks by keyboard on the map alone, up to the limit', async () => {
    const concert = await stack.createConcert({ seats: 50, price: 10_000, seatsPerUser: 2 });
    const visitor = await newVisitor({ fan: await fanWith(0), width: 'desktop' });
    const page = await newPage(visitor);
    await enter(page, concert.concertId);
    await page.locator('#hall').focus();
    for (const key of ['ArrowRight', 'Enter', 'ArrowRight', 'Enter', 'ArrowRight', 'Enter'])
      await page.keyboard.press(key);
    await page.getByText('One account may have 2 seats').waitFor();
    expect(await page.locator('.chosen li').count()).to.equal(2);
    expect(await page.locator('#said').textContent()).to.contain('Seat 3');
    await visitor.close();
  });

  it('works without a script: join, wait, take the turn, best available, pay, give back', async () => {
    const { concertId } = await stack.createConcert({
      seats: 6,
      price: 20_000,
      policy: { maxActive: 0 },
    });
    const visitor = await newVisitor({ javaScript: false, fan: await fanWith(50_000) });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.waitForURL('**/room/plain**');
    await page.getByText('This page renews itself').waitFor();
    await stack.admin.call('PUT', `/admin/queue/${concertId}`, { body: { maxActive: 5 } });
    await page.getByRole('button', { name: 'I need more time' }).click();
    await page.getByText('That is possible once').waitFor();
    await page.getByRole('button', { name: 'Go in and choose seats' }).click();
    await page.waitForURL('**/seats/plain');
    await page.getByLabel('How many').fill('2');
    await page.getByRole('button', { name: 'Find and keep seats' }).click();
    await page.waitForURL('**/checkout');
    await page.getByRole('button', { name: 'Keep them longer, once' }).click();
    await page.getByText('The time was extended').waitFor();
    await page.getByRole('button', { name: 'Give back seat 1' }).click();
    expect(await page.locator('.lines li').count()).to.equal(1);
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.waitForURL('**/me/tickets?paid=1');
    await page.goto('/me/payments');
    await page.getByText('Refund', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Refund' }).click();
    await page.getByText('The points are back').waitFor();
    await page.goto('/me/points');
    expect(await page.locator('.amount').textContent()).to.contain('50,000');
    await visitor.close();
  });

  it('keeps who holds a seat inside beyond the end of their time', async () => {
    const { concertId } = await stack.createConcert({
      seats: 3,
      price: 10_000,
      policy: { activeSeconds: 10, idleSeconds: 60 },
    });
    const visitor = await newVisitor({ fan: await fanWith(10_000) });
    const page = await newPage(visitor);
    await enter(page, concertId);
    await page.getByText('Your time inside ends at').waitFor();
    await page.getByRole('button', { name: 'Find and keep seats' }).click();
    await page.waitForURL('**/checkout');
    const queue = (await visitor.cookies()).find(({ name }) => name === 'queue')?.value ?? '';
    const payload = Buffer.from(queue.split('.')[1] ?? '', 'base64url').toString();
    const { exp } = JSON.parse(payload) as { exp: number };
    expect(exp * 1_000 - Date.now(), 'as long as the hold').to.be.greaterThan(60_000);
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.waitForURL('**/me/tickets?paid=1');
    await visitor.close();
  });

  it('has nothing in the way on any page of one’s own, in Korean', async () => {
    const visitor = await newVisitor({ language: 'ko', fan: await fanWith(1_000), dark: true });
    const page = await newPage(visitor);
    for (const path of ['/me/tickets', '/me/points', '/me/payments', '/c/999999']) {
      await page.goto(path);
      await expectAccessible(page);
      expect(page.faults).to.deep.equal([]);
    }
    await visitor.close();
  });
});
