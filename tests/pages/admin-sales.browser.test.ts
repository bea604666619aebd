import { expect } from 'chai';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages } from './browser.ts';

describe('pages: the operator’s desk, concerts', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  const csv = (text: string) => ({
    name: 'seats.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(text),
  });

  it('without a script: a concert, a date, seats from a file whose bad rows are named, prices', async () => {
    const visitor = await newVisitor({ fan: stack.admin, javaScript: false, width: 'desktop' });
    const page = await newPage(visitor);
    await page.goto('/admin/sales');
    await page.getByLabel('Name').fill('Evening of Strings');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { name: 'Evening of Strings' }).waitFor();
    await page.getByLabel('Begins at').fill('2031-05-01T19:30');
    await page.getByLabel('Seats at most').fill('10');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('19:30').first().waitFor();

    const file = page.getByLabel('CSV file');
    await file.setInputFiles(csv('seatNum,price,block\n1,50000,A\nx,50000,A\n3,-1,A\n'));
    await page.getByRole('button', { name: 'Add the seats' }).click();
    await page.getByText('Nothing was added').waitFor();
    const lines = await page.locator('#row-faults tbody tr').allTextContents();
    expect(lines.map((text) => text.replace(/:.*/, ''))).to.deep.equal(['3seatNum', '4price']);
    await file.setInputFiles(csv('seatNum,price,block\n1,50000,A\n2,50000,A\n3,30000,B\n'));
    await page.getByRole('button', { name: 'Add the seats' }).click();
    await page.getByText('Seats added: 3').waitFor();

    await page.getByLabel('Price in won').fill('60000');
    await page.getByRole('button', { name: 'Set the price' }).click();
    await page.getByText('Seats with another price now: 2').waitFor();
    await page.getByRole('button', { name: 'Keep the block' }).click();
    await page.getByText('Seats changed: 2').waitFor();
    await page.getByText('Call this date off', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes: call it off' }).click();
    await page.locator('#cancellation').waitFor();
    await page.getByRole('link', { name: '← Evening of Strings' }).click();
    await page.getByText('Called off').waitFor();
    await visitor.close();
  });

  it('tells the sales, lets the holder of a ticket in once, with nothing in the way', async () => {
    const { concertId, scheduleId } = await stack.createConcert({ seats: 5, price: 10_000 });
    const [fan] = await stack.fansInside(concertId, 1, { points: 20_000 });
    if (!fan) throw new Error('no fan');
    const held = await fan.hold(concertId, { scheduleId, quantity: 1 });
    const reservationId = String(held.body.reservations[0]?.reservationId);
    await fan.pay(concertId, [reservationId]);
    const ticket = await fan.call<{ code: string }>('GET', `/reservations/${reservationId}/ticket`);
    const visitor = await newVisitor({ fan: stack.admin, language: 'ko' });
    const page = await newPage(visitor);
    await page.goto(`/admin/sales/${concertId}`);
    expect(await page.locator('tbody tr').last().textContent()).to.contain('10,000');
    await expectAccessible(page);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV 내려받기' }).click();
    expect((await download).suggestedFilename()).to.match(/csv$/);
    const paths = ['/admin/sales', `/admin/sales/${concertId}/dates/${scheduleId}`];
    for (const path of paths) {
      await page.goto(path);
      await expectAccessible(page);
    }
    const night = await newVisitor({ fan: stack.admin, dark: true, width: 'desktop' });
    const dark = await newPage(night);
    for (const path of [...paths, `/admin/sales/${concertId}`, '/admin/door']) {
      await dark.goto(path);
      await expectAccessible(dark);
    }
    await night.close();
    await page.goto('/admin/door');
    for (const words of ['환영합니다', '이미 입장했습니다']) {
      await page.getByLabel('티켓 코드').fill(ticket.body.code);
      await page.getByRole('button', { name: '입장 처리' }).click();
      await page.getByText(words).waitFor();
      await expectAccessible(page);
    }
    expect(page.faults).to.deep.equal([]);
    await visitor.close();
  });

  it('refuses a fan everywhere, files too', async () => {
    const { concertId, scheduleId } = await stack.createConcert({ seats: 1, price: 10_000 });
    const [fan] = await stack.fans(1);
    const headers = {
      'sec-fetch-site': 'same-origin',
      cookie: `session=${String(fan?.accessToken)}`,
    };
    const at = `/admin/sales/${concertId}`;
    const date = `${at}/dates/${scheduleId}`;
    for (const path of ['/admin/sales', at, date, '/admin/door'])
      expect((await stack.api.call('GET', path, { headers })).status, path).to.equal(403);
    const forms = ['seats', 'prices', 'house', 'cancel'].map((name) => `${date}/${name}`);
    for (const path of ['/admin/sales', at, `${at}/dates`, date, ...forms, '/admin/door'])
      expect((await stack.api.call('POST', path, { headers })).status, path).to.equal(403);
  });
});
