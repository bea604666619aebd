import { seatsOf, seedPlan } from '../seed/seed-plan.ts';
import type { Fan } from '../client/fan.ts';
import type { Camera } from './camera.ts';
import type { Page } from 'playwright-core';

const languages = ['en', 'ko'] as const;

/** A sale with something going on in it: people before, a message, seats taken. */
async function busySale({ stack }: Camera) {
  const [club, , , arena] = seedPlan(Date.now());
  const hallOf = async (plan: typeof club, name: string) => {
    if (!plan) throw new Error('no such sample concert');
    const made = await stack.admin.call<{ concertId: string }>('POST', '/admin/concerts', {
      body: { concertName: name, seatsPerUser: plan.seatsPerUser },
    });
    const { concertId } = made.body;
    const at = `/admin/concerts/${concertId}/schedules`;
    const seats = seatsOf(plan.hall);
    const concertDt = new Date(Date.now() + 40 * 86_400_000);
    concertDt.setUTCHours(10, 0, 0, 0);
    const schedule = await stack.admin.call<{ concertScheduleId: string }>('POST', at, {
      body: { concertDt: concertDt.toISOString(), totalSeat: seats.length },
    });
    const scheduleId = schedule.body.concertScheduleId;
    await stack.admin.call('POST', `${at}/${scheduleId}/seats`, { body: { seats } });
    return { concertId, scheduleId };
  };
  return {
    club: await hallOf(club, 'Lantern Parade: Winter Nights'),
    arena: await hallOf(arena, 'NOVA LINE World Tour in Seoul'),
  };
}

async function takeSome({ stack }: Camera, sale: { concertId: string; scheduleId: string }) {
  for (const fan of await stack.fansInside(sale.concertId, 6))
    await fan.hold(sale.concertId, { scheduleId: sale.scheduleId, quantity: 2 });
}

const join = (concertId: string) => async (page: Page) => {
  await page.goto(`/c/${concertId}/room`);
  await page.locator('form[action$="/join"] button').click();
  await page.waitForURL(/\/(room|seats)/);
  await page.waitForLoadState('networkidle').catch(() => undefined);
};

const chooseTwo = async (page: Page): Promise<void> => {
  await page.locator('#hall-loading').waitFor({ state: 'hidden' });
  await page.locator('#hall').focus();
  const toFree = ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown'];
  for (const key of [...toFree, 'Enter', 'ArrowRight', 'Enter', '0'])
    await page.keyboard.press(key);
  await page.locator('#hall').blur();
};

async function roomShots(camera: Camera, newFan: () => Promise<Fan>): Promise<void> {
  const { take, stack } = camera;
  const policy = { maxActive: 0, message: 'Doors open at six. Bring your ticket on your phone.' };
  const { concertId } = await stack.createConcert({ seats: 300, price: 77_000, policy });
  for (const one of await stack.fans(120)) await one.join(concertId);
  const path = `/c/${concertId}/room`;
  await take({
    name: 'room-join',
    path,
    before: async (page) => page.locator('[data-scene=joinable]').waitFor(),
  });
  const waiting = join(concertId);
  await take({ name: 'room-waiting', path, languages, fan: await newFan(), before: waiting });
  await take({ name: 'room-waiting-dark', path, dark: true, fan: await newFan(), before: waiting });
  await stack.admin.call('POST', `/admin/queue/${concertId}/pause`);
  await take({ name: 'room-paused', path, fan: await newFan(), before: waiting });
  const ready = await stack.createConcert({
    seats: 5,
    price: 77_000,
    policy: { maxActive: 0, claimSeconds: 120 },
  });
  await take({
    name: 'room-ready',
    path,
    languages,
    fan: await newFan(),
    before: async (page) => {
      await stack.admin.call('PUT', `/admin/queue/${ready.concertId}`, { body: { maxActive: 0 } });
      await join(ready.concertId)(page);
      await stack.admin.call('PUT', `/admin/queue/${ready.concertId}`, { body: { maxActive: 9 } });
      await page.locator('.turn').waitFor();
    },
  });
}

/** What a fan sees. */
export async function fanShots(camera: Camera): Promise<void> {
  const { take, stack } = camera;
  const newFan = async (): Promise<Fan> => {
    const [fan] = await stack.fans(1, { points: 500_000 });
    if (!fan) throw new Error('no fan');
    return fan;
  };
  const opensAt = new Date(Date.now() + 3 * 3_600_000).toISOString();
  const { club, arena } = await busySale(camera);
  const soon = await stack.createConcert({ seats: 50, price: 77_000, policy: { opensAt } });
  await take({ name: 'concerts', path: '/', languages });
  await take({ name: 'concerts-dark', path: '/', dark: true });
  await take({ name: 'concert', path: `/c/${club.concertId}`, languages });
  await take({ name: 'concert-soon', path: `/c/${soon.concertId}` });
  await take({ name: 'login', path: '/login' });
  await take({ name: 'register', path: '/register', languages });
  await take({ name: 'nothing-here', path: '/c/999999' });
  await roomShots(camera, newFan);

  for (const [name, sale] of Object.entries({ club, arena })) {
    await takeSome(camera, sale);
    const path = `/c/${sale.concertId}/room`;
    const before = async (page: Page): Promise<void> => {
      await join(sale.concertId)(page);
      await chooseTwo(page);
    };
    await take({ name: `seats-${name}`, path, languages, fan: await newFan(), before });
    if (name === 'arena')
      await take({ name: 'seats-arena-dark', path, dark: true, fan: await newFan(), before });
  }
  const fan = await newFan();
  const buy = async (page: Page): Promise<void> => {
    await join(club.concertId)(page);
    await page.locator('#hall-loading').waitFor({ state: 'hidden' });
    await page.locator('.best button').click();
    await page.waitForURL('**/checkout');
  };
  await take({ name: 'checkout', path: '/', languages, fan, before: buy });
  await take({
    name: 'ticket',
    path: '/',
    languages,
    fan: await newFan(),
    before: async (page) => {
      if ((await page.locator('html').getAttribute('lang')) !== null) await buy(page);
      await page.locator('form[action$="/pay"] button').click();
      await page.locator('.ticket-row a.button').first().click();
      await page.locator('.ticket img').waitFor();
    },
  });
  for (const name of ['tickets', 'points', 'payments'])
    await take({ name, path: `/me/${name}`, languages, fan });
}
