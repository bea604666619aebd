import { expect } from 'chai';
import type { PolicyFields } from '../../shared/contracts/queue.ts';
import { eventually } from '../harness/eventually.ts';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages, seenWithin } from './browser.ts';

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
    await seenWithin(2_000, page.locator('.notice', { hasText: '잠시 멈췄습니다' }));
    expect(await page.locator('#said').textContent()).to.contain('잠시 멈췄습니다');
    await setPolicy(concertId, { message: 'Doors at seven' });
    await seenWithin(2_000, page.locator('.notice', { hasText: 'Doors at seven' }));
    await expectAccessible(page);
    await visitor.close();
  });

  it('asks where events do not get through, each time that they are cut', async () => {
    const concertId = await roomOf({ maxActive: 0 });
    const visitor = await newVisitor({ fan: await fan() });
    const page = await newPage(visitor);
    const room = await stack.api.call('GET', `/queue/${concertId}`);
    const cut = `retry: 200\nevent: room\ndata: ${JSON.stringify(room.body)}\n\n`;
    // Refused, then live for a moment, then refused again.
    let connections = 0;
    await page.route('**/events', async (route) => {
      connections += 1;
      if (connections === 2) await route.fulfill({ contentType: 'text/event-stream', body: cut });
      else await route.abort();
    });
    await page.goto(`/c/${concertId}/room`);
    await eventually(() => expect(connections).to.be.greaterThan(2), { deadlineMs: 20_000 });
    await page.getByText('Asking every few seconds').waitFor();
    await setPolicy(concertId, { message: 'Doors at eight' });
    await page.locator('.notice', { hasText: 'Doors at eight' }).waitFor();
    await page.unroute('**/events');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(page.faults).to.deep.equal([]);
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

  it('warns before the turn is missed, and gives more time once, in every tab', async () => {
    const concertId = await roomOf({ maxActive: 0, claimSeconds: 15 });
    const visitor = await newVisitor({ fan: await fan() });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}/room`);
    await page.getByRole('button', { name: 'Join the line' }).click();
    await page.locator('[data-scene=waiting]').waitFor();
    await setPolicy(concertId, { maxActive: 1 });
    await page.locator('.turn.late').waitFor();
    const more = page.getByRole('button', { name: 'I need more time' });
    expect(await page.locator('#said').textContent()).to.contain('ask for more time');
    const second = await newPage(visitor);
    await second.goto(`/c/${concertId}/room`);
    await second.locator('[data-scene=ready]').waitFor();
    await more.focus();
    await page.keyboard.press('Enter');
    await page.locator('.turn:not(.late)').waitFor();
    await more.waitFor({ state: 'detached' });
    await page.getByText('That is possible once').first().waitFor();
    await expectAccessible(page);
    await second.locator('.turn:not(.late)').waitFor();
    expect(await second.locator('form[action$="/more-time"]').count()).to.equal(0);
    await second.getByRole('button', { name: 'Go in and choose seats' }).click();
    await second.waitForURL(`**/c/${concertId}/seats`);
    await page.getByText('You are in').first().waitFor();
    expect([...page.faults, ...second.faults]).to.deep.equal([]);
    await visitor.close();
  });

  it('takes who comes before the opening to the room, which opens by itself', async () => {
    const concertId = await roomOf({ opensAt: new Date(Date.now() + 3_600_000).toISOString() });
    const visitor = await newVisitor({ fan: await fan(), language: 'ko' });
    const page = await newPage(visitor);
    await page.goto(`/c/${concertId}`);
    await page.getByRole('button', { name: '대기열 참여' }).click();
    await page.waitForURL(`**/c/${concertId}/room`);
    await page.locator('[data-scene=before]').waitFor();
    await expectAccessible(page);
    await setPolicy(concertId, { opensAt: null });
    await page.locator('[data-scene=joinable]').waitFor();
    await visitor.close();
  });

  it('shows the same place on another device, and what it is worth when it is given up', async () => {
    const concertId = await roomOf({ maxActive: 0 });
    const one = await fan();
    const [phone, desk] = [
      await newVisitor({ fan: one }),
      await newVisitor({ fan: one, width: 'desktop', language: 'ko', dark: true }),
    ] as const;
    const pages = [await newPage(phone), await newPage(desk)] as const;
    for (const page of pages) {
      await page.goto(`/c/${concertId}/room`);
      await page.locator('form[action$="/join"] button').click();
      await page.locator('[data-scene=waiting]').waitFor();
      await page
        .locator('.tiles div', { hasText: /Your number|내 번호/ })
        .getByText('1')
        .waitFor();
    }
    await pages[0].getByText('Give up my place').first().click();
    await pages[0].getByRole('button', { name: 'Give up my place' }).click();
    await pages[0].waitForURL(`**/c/${concertId}`);
    await pages[1].reload();
    await pages[1].locator('[data-scene=joinable]').waitFor();
    await phone.close();
    await desk.close();
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
