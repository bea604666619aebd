import { expect } from 'chai';
import type { SaleRecord } from '../../shared/contracts/record.ts';
import type { Stack } from '../harness/stack.ts';
import { eventually } from '../harness/eventually.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages } from './browser.ts';

describe('pages: how a sale went', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  /** Five came; two inside bought one seat each, one holds, two wait. */
  async function sale(): Promise<string> {
    const { concertId, scheduleId } = await stack.createConcert({
      seats: 20,
      price: 10_000,
      policy: { maxActive: 3 },
    });
    const inside = await stack.fansInside(concertId, 3, { points: 50_000 });
    for (const fan of await stack.fans(2)) await fan.join(concertId);
    for (const fan of inside.slice(0, 2)) {
      const held = await fan.hold(concertId, { scheduleId, quantity: 1 });
      await fan.pay(concertId, [String(held.body.reservations[0]?.reservationId)]);
    }
    return concertId;
  }
  const ownRecord = async (concertId: string): Promise<SaleRecord> =>
    (await stack.admin.call<SaleRecord>('GET', `/admin/queue/${concertId}/record`)).body;
  const statusOf = async (path: string): Promise<number> =>
    (await stack.api.call('GET', path)).status;

  it('is nobody’s but the operator’s until the switch is on, and again when it is off', async () => {
    const concertId = await sale();
    const paths = [`/c/${concertId}/record`, `/queue/${concertId}/record`];
    for (const path of paths) expect(await statusOf(path), path).to.equal(404);
    const visitor = await newVisitor({ fan: stack.admin, javaScript: false });
    const page = await newPage(visitor);
    await page.goto(`/admin/rooms/${concertId}/record`);
    await page.getByRole('button', { name: 'Show it to everybody' }).click();
    await page.getByText('It was recorded who did it').waitFor();
    for (const path of paths) expect(await statusOf(path), path).to.equal(200);
    await page.goto(`/admin/rooms/${concertId}`);
    await page.getByText('Record open to everybody: no → yes').waitFor();
    await page.goto(`/admin/rooms/${concertId}/record`);
    await page.getByRole('button', { name: 'Show it to operators only' }).click();
    await page.getByText('Nobody else can open it').waitFor();
    for (const path of paths) expect(await statusOf(path), path).to.equal(404);
    await visitor.close();
    const [fan] = await stack.fans(1);
    const own = `/admin/queue/${concertId}/record`;
    expect((await fan?.call('GET', own))?.status).to.equal(403);
  });

  it('agrees with the database, and is drawn without a script, in both languages', async () => {
    const concertId = await sale();
    await stack.admin.call('PUT', `/admin/queue/${concertId}`, { body: { recordPublic: true } });
    const report = await stack.admin.call<{ sum: { sold: number } }>(
      'GET',
      `/admin/concerts/${concertId}/report`,
    );
    expect(report.body.sum.sold).to.equal(2);
    await eventually(
      async () => {
        const { sum, steps } = await ownRecord(concertId);
        expect(sum).to.include({ arrived: 5, sold: 2, completed: 2, admitted: 5, activated: 3 });
        expect(steps.reduce((total, { sold }) => total + sold, 0)).to.equal(2);
        expect(steps.reduce((total, { arrived }) => total + arrived, 0)).to.equal(5);
      },
      { deadlineMs: 30_000, intervalMs: 500 },
    );
    for (const [language, words, dark] of [
      ['en', 'Seats sold', false],
      ['ko', '판매 좌석', true],
    ] as const) {
      const visitor = await newVisitor({ javaScript: false, language, dark });
      const page = await newPage(visitor);
      await page.goto(`/c/${concertId}/record`);
      await page.locator('#chart-sold path.line, #chart-sold circle').first().waitFor();
      expect(await page.locator('.record-tiles').textContent()).to.contain(words);
      await page.locator('summary').click();
      expect(await page.locator('tbody tr').count()).to.be.greaterThan(0);
      await visitor.close();
    }
  });

  it('has nothing in the way, dark and light, on a phone and a desk', async () => {
    const concertId = await sale();
    await stack.admin.call('PUT', `/admin/queue/${concertId}`, { body: { recordPublic: true } });
    for (const [dark, width] of [
      [true, 'phone'],
      [false, 'desktop'],
    ] as const) {
      const visitor = await newVisitor({ fan: stack.admin, dark, width });
      const page = await newPage(visitor);
      for (const path of [`/c/${concertId}/record`, `/admin/rooms/${concertId}/record`]) {
        await page.goto(path);
        await expectAccessible(page);
        const isWider = await page.evaluate<boolean>(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        );
        expect(isWider, `${path} scrolls sideways`).to.equal(false);
      }
      expect(page.faults).to.deep.equal([]);
      await visitor.close();
    }
  });
});
