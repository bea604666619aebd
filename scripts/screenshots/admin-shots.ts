import type { Camera } from './camera.ts';

const languages = ['en', 'ko'] as const;

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
  const pages = {
    sales: '/admin/sales',
    sale: `/admin/sales/${concertId}`,
    date: `/admin/sales/${concertId}/dates/${scheduleId}`,
    door: '/admin/door',
    hooks: '/admin/hooks',
    hook: `/admin/hooks/${hook.body.webhookId}`,
  };
  for (const [name, path] of Object.entries(pages))
    await take({ name: `admin-${name}`, path, languages, fan });
  await take({ name: 'admin-rooms', path: '/admin', languages, fan });
  await take({
    name: 'admin-room',
    path: `/admin/rooms/${concertId}?entry=40`,
    languages,
    fan,
    before: async (page) => {
      await page.locator('#charts canvas').nth(3).waitFor();
      await page.locator('.cord summary').nth(1).click();
      await page.waitForTimeout(3_500);
    },
  });
}
