import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages } from './browser.ts';

describe('pages: the operator’s desk, webhooks', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  it('makes one whose secret is shown once, shows its log and sends again, without a script', async () => {
    const visitor = await newVisitor({ fan: stack.admin, javaScript: false, width: 'desktop' });
    const page = await newPage(visitor);
    await page.goto('/admin/hooks');
    await page.getByLabel('Address').fill('http://127.0.0.1:9/tickets');
    await page.getByRole('button', { name: 'Make it' }).click();
    const secret = String(await page.locator('#secret').textContent());
    expect(secret.length).to.be.greaterThan(20);
    const { concertId, scheduleId } = await stack.createConcert({ seats: 2, price: 10_000 });
    const [fan] = await stack.fansInside(concertId, 1);
    await fan?.hold(concertId, { scheduleId, quantity: 1 });
    await page.getByRole('link', { name: 'Kept; to the webhook' }).click();
    await eventually(
      async () => {
        await page.reload();
        expect(await page.locator('tbody th').allTextContents()).to.include('reservation.held');
      },
      { deadlineMs: 15_000, intervalMs: 500 },
    );
    expect(await page.content()).not.to.contain(secret);
    await page.getByRole('button', { name: 'Send once more' }).first().click();
    await page.getByText('It is sent once more').waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: 'Send again' }).waitFor();
    await page.getByText('Delete', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes: delete it' }).click();
    await page.getByText('Deleted.').waitFor();
    await visitor.close();
  });

  it('has nothing in the way, and is for operators', async () => {
    const made = await stack.admin.call<{ webhookId: string }>('POST', '/admin/webhooks', {
      body: { url: 'http://127.0.0.1:9/axe', events: ['payment.completed'] },
    });
    const at = `/admin/hooks/${made.body.webhookId}`;
    for (const dark of [true, false]) {
      const visitor = await newVisitor({ fan: stack.admin, language: 'ko', dark });
      const page = await newPage(visitor);
      for (const path of ['/admin/hooks', at]) {
        await page.goto(path);
        await expectAccessible(page);
        expect(page.faults).to.deep.equal([]);
      }
      await visitor.close();
    }
    const [fan] = await stack.fans(1);
    const headers = {
      'sec-fetch-site': 'same-origin',
      cookie: `session=${String(fan?.accessToken)}`,
    };
    for (const path of ['/admin/hooks', at])
      expect((await stack.api.call('GET', path, { headers })).status, path).to.equal(403);
    for (const path of ['/admin/hooks', `${at}/status`, `${at}/redeliver`, `${at}/delete`])
      expect((await stack.api.call('POST', path, { headers })).status, path).to.equal(403);
  });
});
