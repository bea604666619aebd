import { expect } from 'chai';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages, seenWithin } from './browser.ts';

describe('pages: the operator’s desk, rooms', () => {
  let stack: Stack;
  before(async () => {
    ({ stack } = await openPages());
  });

  const roomOf = async () =>
    (await stack.createConcert({ seats: 20, price: 10_000, policy: { maxActive: 0 } })).concertId;
  const settingOf = async (concertId: string) =>
    (await stack.admin.call<Record<string, unknown>>('GET', `/admin/queue/${concertId}`)).body;

  it('shows every room, and one with live charts, with nothing in the way', async () => {
    const concertId = await roomOf();
    for (const [language, width, dark] of [
      ['en', 'desktop', true],
      ['ko', 'phone', false],
      ['en', 'phone', true],
    ] as const) {
      const visitor = await newVisitor({ fan: stack.admin, language, width, dark });
      const page = await newPage(visitor);
      await page.goto('/admin');
      await expectAccessible(page);
      await page.locator(`a[href="/admin/rooms/${concertId}"]`).click();
      await page.locator('#charts canvas').nth(5).waitFor();
      await expectAccessible(page);
      const isWider = await page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      expect(isWider, 'scrolls sideways').to.equal(false);
      expect(page.faults).to.deep.equal([]);
      await visitor.close();
    }
  });

  it('plays the sale of a policy that is only typed, in place and without a script', async () => {
    const concertId = await roomOf();
    for (const javaScript of [true, false]) {
      const visitor = await newVisitor({ fan: stack.admin, javaScript, width: 'desktop' });
      const page = await newPage(visitor);
      await page.goto(`/admin/rooms/${concertId}`);
      const form = page.locator('#forecast');
      const typed = { 'People in line': '300', 'Seats to sell': '40', 'Places inside': '30' };
      for (const [label, value] of Object.entries({ ...typed, 'Let in per second': '2' }))
        await form.getByLabel(label).fill(value);
      await form.getByLabel('Average visit, seconds').fill('20');
      if (javaScript) await page.locator('#policy').getByLabel('Idle inside, seconds').fill('77');
      await form.getByRole('button', { name: 'Play it through' }).click();
      const result = page.locator('#play-result');
      await result.getByText('Nine in ten wait at most').waitFor();
      expect(await result.textContent()).to.match(/Sold out after\d+:\d\d/);
      if (javaScript)
        expect(await page.locator('#policy').getByLabel('Idle inside').inputValue()).to.equal('77');
      expect(await form.getByLabel('Seats to sell').inputValue()).to.equal('40');
      expect(page.faults).to.deep.equal([]);
      await visitor.close();
    }
    expect((await settingOf(concertId))['maxActive']).to.equal(0);
  });

  it('pauses, and the waiting page says so', async () => {
    const concertId = await roomOf();
    const [fan] = await stack.fans(1);
    if (!fan) throw new Error('no fan');
    const [waiter, operator] = [await newVisitor({ fan }), await newVisitor({ fan: stack.admin })];
    const room = await newPage(waiter);
    await room.goto(`/c/${concertId}/room`);
    await room.getByRole('button', { name: 'Join the line' }).click();
    await room.locator('[data-scene=waiting]').waitFor();
    const page = await newPage(operator);
    await page.goto(`/admin/rooms/${concertId}`);
    await page.locator('summary', { hasText: 'Nobody is let in' }).click();
    await page.getByRole('button', { name: 'Yes: Pause' }).click();
    await seenWithin(2_000, room.getByText(/paused/i).first());
    await page.getByText('The waiting see it now').waitFor();
    await page.getByLabel('What everybody in the room reads').fill('Back in five minutes');
    await page.getByRole('button', { name: 'Show it' }).click();
    await seenWithin(2_000, room.getByText('Back in five minutes').first());
    await Promise.all([waiter.close(), operator.close()]);
  });

  it('says what somebody else changed in the meantime, and keeps what was typed', async () => {
    const concertId = await roomOf();
    const visitor = await newVisitor({ fan: stack.admin, width: 'desktop' });
    const page = await newPage(visitor);
    await page.goto(`/admin/rooms/${concertId}`);
    const rate = page.locator('#policy').getByLabel('Let in per second');
    await rate.fill('7');
    await stack.admin.call('PUT', `/admin/queue/${concertId}`, { body: { claimSeconds: 99 } });
    await page.getByRole('button', { name: 'Change the policy' }).click();
    await page
      .getByRole('alert')
      .getByText(/Time to take a turn.* → 99/)
      .waitFor();
    expect(await rate.inputValue()).to.equal('7');
    expect((await settingOf(concertId))['admitPerSecond']).not.to.equal(7);
    await page.getByRole('button', { name: 'Change the policy' }).click();
    await page.getByText('The policy was changed').waitFor();
    const setting = await settingOf(concertId);
    expect([setting['admitPerSecond'], setting['claimSeconds']]).to.deep.equal([7, 99]);
    await visitor.close();
  });

  it('works without a script: forecast, an entry found and taken back, a cord', async () => {
    const concertId = await roomOf();
    const [fan] = await stack.fans(1);
    await fan?.join(concertId);
    const visitor = await newVisitor({ fan: stack.admin, javaScript: false });
    const page = await newPage(visitor);
    await page.goto(`/admin/rooms/${concertId}`);
    const form = page.locator('#forecast');
    await form.getByLabel('Let in per second').fill('50');
    await form.getByLabel('Average visit, seconds').fill('240');
    await form.getByRole('button', { name: 'Work it out' }).click();
    expect(await page.locator('#forecast-result').textContent()).to.contain('12,000');
    const search = page.getByLabel('Number, or account name');
    await search.fill('nobody-here');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('nobody-here has no place').waitFor();
    await search.fill(String(fan?.userName));
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Number 1 waits').waitFor();
    await page.getByLabel('Reason').fill('asked to');
    await page.getByRole('button', { name: 'Take number 1 back' }).click();
    await page.getByText('Entries taken back: 1').waitFor();
    await page.getByText('asked to').waitFor();
    await page.goto(`/admin/rooms/${concertId}?entry=1`);
    await page.getByText('Number 1 has ended: taken back').waitFor();
    await page.locator('summary', { hasText: 'Drain' }).click();
    await page.getByRole('button', { name: 'Yes: Drain' }).click();
    await page.getByText('The waiting see it now').waitFor();
    expect((await settingOf(concertId))['control']).to.equal('DRAINING');
    await visitor.close();
  });

  it('is for operators: nobody is asked to log in, a fan is refused, by forms too', async () => {
    const concertId = await roomOf();
    const [fan] = await stack.fans(1);
    if (!fan) throw new Error('no fan');
    const own = { 'sec-fetch-site': 'same-origin', cookie: `session=${fan.accessToken}` };
    const anonymous = await stack.api.call('GET', '/admin', { headers: { accept: 'text/html' } });
    expect([anonymous.status, anonymous.headers['location']]).to.deep.equal([
      303,
      '/login?to=%2Fadmin',
    ]);
    for (const path of ['/admin', `/admin/rooms/${concertId}`]) {
      const refused = await stack.api.call('GET', path, { headers: own });
      expect(refused.status, path).to.equal(403);
    }
    for (const name of ['cord', 'message', 'policy', 'revoke'])
      for (const [headers, status] of [
        [own, 403],
        [{ 'sec-fetch-site': 'same-origin' }, 401],
        [
          { ...own, cookie: `session=${stack.admin.accessToken}`, 'sec-fetch-site': 'cross-site' },
          403,
        ],
      ] as const) {
        const path = `/admin/rooms/${concertId}/${name}`;
        expect((await stack.api.call('POST', path, { headers })).status, path).to.equal(status);
      }
    expect((await settingOf(concertId))['version']).to.equal(2);
  });
});
