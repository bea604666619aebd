import { minuteRows } from '../../core-api/rooms/record-repository.ts';
import { type RecordMinute, recordNames } from '../../shared/contracts/record.ts';
import type { Camera } from './camera.ts';

const languages = ['en', 'ko'] as const;

const minuteMs = 60_000;

/** Of a rush: everybody comes in the first minutes, and is let in over half an hour. */
function rush(at: number): Omit<RecordMinute, 'at'> {
  const counts = Object.fromEntries(recordNames.map((name) => [name, 0])) as Record<
    (typeof recordNames)[number],
    number
  >;
  const arrived = Math.round(9_000 * Math.exp(-at / 2.2)) + (at < 25 ? 40 : 4);
  const came = Math.round(19_800 * (1 - Math.exp(-(at + 1) / 2.2))) + Math.min(at, 25) * 40;
  const waiting = Math.max(0, came - (at + 1) * 640);
  const admitted = waiting > 0 ? 600 : Math.min(600, arrived);
  const waitSeconds = waiting > 0 ? 40 + at * 55 : 4;
  const bucket = (seconds: number): number => Math.ceil(4 * Math.log2(seconds));
  return {
    ...counts,
    ...{ arrived, admitted, waiting, inside: Math.min(1_200, 300 + at * 220) },
    ...{ activated: Math.round(admitted * 0.91), passed: waiting > 0 ? 40 : 1 },
    ...{ completed: Math.round(admitted * 0.55), left: Math.round(admitted * 0.2) },
    ...{ idle: Math.round(admitted * 0.09), missed: Math.round(admitted * 0.09) },
    limit: at < 6 ? 'rate' : waiting > 0 ? 'slots' : 'none',
    waits: [
      [bucket(waitSeconds), Math.round(admitted * 0.6)],
      [bucket(waitSeconds * 1.5), admitted - Math.round(admitted * 0.6)],
    ],
  };
}

/** A sale of half an hour, as the core keeps it; its seats are sold now. */
async function finishedSale(stack: Camera['stack']): Promise<string> {
  const { concertId, scheduleId } = await stack.createConcert({ seats: 300, price: 77_000 });
  const startMs = Math.floor(Date.now() / minuteMs - 38) * minuteMs;
  const minutes = Array.from({ length: 38 }, (_, at) => ({
    at: new Date(startMs + at * minuteMs).toISOString(),
    ...rush(at),
  }));
  for (const { sql, values } of minuteRows(concertId, minutes)) await stack.sql(sql, values);
  const buyers = await stack.fansInside(concertId, 8, { points: 500_000 });
  for (const fan of buyers) {
    const held = await fan.hold(concertId, { scheduleId, quantity: 3 });
    await fan.pay(
      concertId,
      held.body.reservations.map(({ reservationId }) => reservationId),
    );
  }
  await stack.admin.call('PUT', `/admin/queue/${concertId}`, { body: { recordPublic: true } });
  return concertId;
}

/** What an operator sees. */
export async function adminShots({ take, stack }: Camera): Promise<void> {
  const fan = stack.admin;
  const policy = { maxActive: 40, message: 'Doors open at six.' };
  const { concertId } = await stack.createConcert({ seats: 300, price: 77_000, policy });
  await stack.fansInside(concertId, 12);
  await stack.admin.call('PUT', `/admin/queue/${concertId}`, { body: { maxActive: 12 } });
  for (const one of await stack.fans(60)) await one.join(concertId);
  const { scheduleId } = await stack.addSchedule(concertId, { seats: 40, price: 55_000 });
  const hook = await stack.admin.call<{ webhookId: string }>('POST', '/admin/webhooks', {
    body: { url: 'http://127.0.0.1:9/tickets', events: ['payment.completed'] },
  });
  const record = await finishedSale(stack);
  const pages = {
    sales: '/admin/sales',
    sale: `/admin/sales/${record}`,
    date: `/admin/sales/${concertId}/dates/${scheduleId}`,
    door: '/admin/door',
    hooks: '/admin/hooks',
    hook: `/admin/hooks/${hook.body.webhookId}`,
  };
  for (const [name, path] of Object.entries(pages))
    await take({ name: `admin-${name}`, path, languages, fan });
  await take({ name: 'record', path: `/c/${record}/record`, languages });
  await take({ name: 'record-dark', path: `/c/${record}/record`, dark: true });
  await take({ name: 'admin-record', path: `/admin/rooms/${record}/record`, languages, fan });
  await take({ name: 'admin-rooms', path: '/admin', languages, fan });
  for (const dark of [false, true])
    await take({
      name: dark ? 'admin-room-dark' : 'admin-room',
      path: `/admin/rooms/${concertId}?entry=40`,
      languages: dark ? ['en'] : languages,
      dark,
      fan,
      before: async (page) => {
        await page.locator('#charts canvas').nth(5).waitFor();
        await page.locator('.cord summary').nth(1).click();
        await page.locator('#play').click();
        await page.locator('#play-result dl').waitFor();
        await page.waitForTimeout(3_500);
      },
    });
}
