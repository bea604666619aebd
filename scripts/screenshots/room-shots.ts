import type { Page } from 'playwright-core';
import type { PolicyFields } from '../../shared/contracts/queue.ts';
import type { Fan } from '../client/fan.ts';
import { makeConcert } from '../client/make-concert.ts';
import type { Camera } from './camera.ts';

const languages = ['en', 'ko'] as const;
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const hourMs = 3_600_000;

/** Into the line by the button of the waiting room, and on to wherever that leads. */
export const joinLine = (concertId: string) => async (page: Page) => {
  await page.goto(`/c/${concertId}/room`);
  await page.locator('form[action$="/join"] button').click();
  await page.waitForURL(/\/(room|seats)/);
  await page.waitForLoadState('networkidle').catch(() => undefined);
};

const scene = (name: string) => async (page: Page) =>
  page.locator(`[data-scene=${name}]`).waitFor();

/** Who waits, and what the operator tells them. */
async function waitingShots({ take, stack }: Camera, newFan: () => Promise<Fan>): Promise<void> {
  const policy = { maxActive: 0, message: 'Doors open at six. Bring your ticket on your phone.' };
  const { concertId } = await stack.createConcert({ seats: 300, price: 77_000, policy });
  for (const one of await stack.fans(120)) await one.join(concertId);
  const path = `/c/${concertId}/room`;
  await take({ name: 'room-join', path, before: scene('joinable') });
  const before = joinLine(concertId);
  await take({ name: 'room-waiting', path, languages, fan: await newFan(), before });
  await take({ name: 'room-waiting-dark', path, dark: true, fan: await newFan(), before });
  await stack.admin.call('POST', `/admin/queue/${concertId}/pause`);
  await take({ name: 'room-paused', path, fan: await newFan(), before });
  await stack.admin.call('POST', `/admin/queue/${concertId}/close`);
  await take({ name: 'room-closed', path, before: scene('closed') });
}

/** A line that moves, so that it can tell how long it takes. */
async function movingShots({ take, stack }: Camera, newFan: () => Promise<Fan>): Promise<void> {
  const message = 'Doors open at six. Bring your ticket on your phone.';
  const { concertId } = await makeConcert(stack.admin, {
    concertName: 'Lantern Parade: Summer Nights',
    seats: 300,
    price: 77_000,
    policy: { admitPerSecond: 0.4, maxActive: 1_000, message },
  });
  for (const one of await stack.fans(150)) await one.join(concertId);
  await take({
    name: 'room-moving',
    path: `/c/${concertId}/room`,
    languages,
    fan: await newFan(),
    before: async (page) => {
      await joinLine(concertId)(page);
      await page.locator('.tiles dd', { hasText: /\d.*(minute|분)/ }).waitFor();
    },
  });
}

/** The turn: with time, with little left, and with more of it. */
async function turnShots({ take, stack }: Camera, newFan: () => Promise<Fan>): Promise<void> {
  const turns = [
    ['room-ready', 120, async () => undefined],
    ['room-ready-late', 20, async () => undefined],
    [
      'room-ready-longer',
      120,
      async (page: Page) => {
        // The second picture is of the same place: it has been given its time.
        const form = page.locator('form[action$="/more-time"]');
        if ((await form.count()) > 0) await form.locator('button').click();
        await form.waitFor({ state: 'detached' });
      },
    ],
  ] as const;
  for (const [name, claimSeconds, more] of turns) {
    const policy = { maxActive: 0, claimSeconds };
    const { concertId } = await stack.createConcert({ seats: 5, price: 77_000, policy });
    const open = (maxActive: number) =>
      stack.admin.call('PUT', `/admin/queue/${concertId}`, { body: { maxActive } });
    await take({
      name,
      path: `/c/${concertId}/room`,
      languages,
      fan: await newFan(),
      before: async (page) => {
        await open(0);
        await joinLine(concertId)(page);
        await open(9);
        await page.locator('.turn').waitFor();
        await more(page);
      },
    });
  }
}

/** Before the opening: too early, registered for a draw, and the draw itself. */
async function earlyShots({ take, stack }: Camera, newFan: () => Promise<Fan>): Promise<void> {
  const roomOf = async (policy: Partial<PolicyFields>) =>
    (await stack.createConcert({ seats: 20, price: 77_000, policy })).concertId;
  const early = await roomOf({ opensAt: inMs(hourMs) });
  await take({ name: 'room-before', path: `/c/${early}/room`, before: scene('before') });
  const drawn = await roomOf({
    order: 'draw',
    maxActive: 0,
    preQueueOpensAt: inMs(-60_000),
    opensAt: inMs(3 * hourMs),
  });
  for (const one of await stack.fans(30)) await one.join(drawn);
  const fan = await newFan();
  const path = `/c/${drawn}/room`;
  const before = joinLine(drawn);
  await take({ name: 'room-registered', path, languages, fan, before });
  const draw = `/c/${drawn}/draw`;
  await take({ name: 'draw-before', path: draw, languages });
  await stack.admin.call('PUT', `/admin/queue/${drawn}`, { body: { opensAt: inMs(500) } });
  await take({
    name: 'draw-done',
    path,
    languages,
    fan,
    before: async (page) => {
      await before(page);
      await scene('waiting')(page);
      await page.goto(draw);
      await page.locator('#check-now').click();
      await page.locator('#checks li').nth(2).waitFor();
    },
  });
}

async function endShots({ take, stack }: Camera): Promise<void> {
  const { concertId, scheduleId } = await stack.createConcert({ seats: 1, price: 10_000 });
  const [buyer] = await stack.fansInside(concertId, 1);
  const held = await buyer?.hold(concertId, { scheduleId, quantity: 1 });
  await buyer?.charge(10_000);
  const ids = held?.body.reservations?.map(({ reservationId }) => reservationId) ?? [];
  await buyer?.pay(concertId, ids);
  await take({
    name: 'room-sold-out',
    path: `/c/${concertId}/room`,
    languages,
    before: scene('sold-out'),
  });
}

/** Every scene of the waiting room. */
export async function roomShots(camera: Camera, newFan: () => Promise<Fan>): Promise<void> {
  await waitingShots(camera, newFan);
  await movingShots(camera, newFan);
  await turnShots(camera, newFan);
  await earlyShots(camera, newFan);
  await endShots(camera);
}
