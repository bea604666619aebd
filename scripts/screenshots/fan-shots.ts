import type { Fan } from '../client/fan.ts';
import { makeHall } from '../client/make-hall.ts';
import { seedPlan } from '../seed/seed-plan.ts';
import type { Camera } from './camera.ts';
import type { Page } from 'playwright-core';
import { joinLine as join, roomShots } from './room-shots.ts';

const languages = ['en', 'ko'] as const;

/** A sale with something going on in it: people before, a message, seats taken. */
async function busySale({ stack }: Camera) {
  const [club, , , arena] = seedPlan(Date.now());
  if (!club || !arena) throw new Error('no such sample concert');
  return {
    club: await makeHall(stack.admin, club, 'Lantern Parade: Winter Nights'),
    arena: await makeHall(stack.admin, arena, 'NOVA LINE World Tour in Seoul'),
  };
}

async function takeSome({ stack }: Camera, sale: { concertId: string; scheduleId: string }) {
  for (const fan of await stack.fansInside(sale.concertId, 6))
    await fan.hold(sale.concertId, { scheduleId: sale.scheduleId, quantity: 2 });
}

const chooseTwo = async (page: Page): Promise<void> => {
  await page.locator('#hall-loading').waitFor({ state: 'hidden' });
  await page.locator('#hall').focus();
  const toFree = ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown'];
  for (const key of [...toFree, 'Enter', 'ArrowRight', 'Enter', '0'])
    await page.keyboard.press(key);
  await page.locator('#hall').blur();
};

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
  const buyer = await newFan();
  await take({
    name: 'ticket',
    path: '/',
    languages,
    fan: buyer,
    before: async (page) => {
      if ((await page.locator('html').getAttribute('lang')) !== null) await buy(page);
      await page.locator('form[action$="/pay"] button').click();
      await page.locator('.ticket-row a.button').first().click();
      await page.locator('.ticket img').waitFor();
    },
  });
  for (const name of ['tickets', 'points', 'payments'])
    await take({ name, path: `/me/${name}`, languages, fan: buyer });
  await take({ name: 'unpaid', path: '/me/tickets', languages, fan });
}
