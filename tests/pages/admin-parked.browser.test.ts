import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages } from './browser.ts';

describe('pages: the operator’s desk, events that the line refused', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  /** The event of a hold, given up as one is that was refused too often. */
  async function park(): Promise<string> {
    const { concertId, scheduleId } = await stack.createConcert({ seats: 2, price: 10_000 });
    const [fan] = await stack.fansInside(concertId, 1);
    await fan?.hold(concertId, { scheduleId, quantity: 1 });
    await stack.sql(
      `INSERT INTO outbox_event (concert_id, event_type, payload, attempts, parked_at)
         SELECT concert_id, event_type, payload, 5, SYSDATE(6) FROM outbox_event
         WHERE concert_id = ? AND event_type = 'reservation.held'`,
      [concertId],
    );
    return concertId;
  }

  it('are told on the first page, and delivered from their own, without a script', async () => {
    const concertId = await park();
    const visitor = await newVisitor({ fan: stack.admin, javaScript: false });
    const page = await newPage(visitor);
    await page.goto('/admin');
    await page.getByRole('link', { name: 'Show them' }).click();
    const row = page.locator('tr', { has: page.locator(`a[href="/admin/rooms/${concertId}"]`) });
    expect(await row.locator('th').textContent()).to.equal('reservation.held');
    const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect(await page.evaluate(wide), 'scrolls sideways').to.equal(false);
    await row.getByRole('button', { name: 'Deliver it' }).click();
    await page.getByText('It is being delivered').waitFor();
    expect(await row.count()).to.equal(0);
    await eventually(async () => {
      const left = await stack.sql(
        'SELECT 1 FROM outbox_event WHERE concert_id = ? AND delivered_at IS NULL',
        [concertId],
      );
      expect(left).to.deep.equal([]);
    });
    await page.goto('/admin');
    await page.locator('#rooms').waitFor();
    expect(await page.getByRole('link', { name: 'Show them' }).count()).to.equal(0);
    await visitor.close();
  });

  it('have nothing in the way, and are for operators', async () => {
    await park();
    for (const dark of [true, false]) {
      const visitor = await newVisitor({ fan: stack.admin, language: 'ko', dark });
      const page = await newPage(visitor);
      await page.goto('/admin/parked');
      await page.locator('tbody tr').first().waitFor();
      await expectAccessible(page);
      expect(page.faults).to.deep.equal([]);
      await visitor.close();
    }
    const [fan] = await stack.fans(1);
    const cookie = `session=${String(fan?.accessToken)}`;
    const headers = { 'sec-fetch-site': 'same-origin', cookie };
    expect((await stack.api.call('GET', '/admin/parked', { headers })).status).to.equal(403);
    expect((await stack.api.call('POST', '/admin/parked/1', { headers })).status).to.equal(403);
  });
});
