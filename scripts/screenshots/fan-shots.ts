import type { Camera } from './camera.ts';

const languages = ['en', 'ko'] as const;

/** What a fan sees. */
export async function fanShots({ take, stack }: Camera): Promise<void> {
  const opensAt = new Date(Date.now() + 3 * 3_600_000).toISOString();
  const open = await stack.createConcert({ seats: 50, price: 77_000 });
  const soon = await stack.createConcert({ seats: 50, price: 77_000, policy: { opensAt } });
  await take({ name: 'concerts', path: '/', languages });
  await take({ name: 'concerts-dark', path: '/', dark: true });
  await take({ name: 'concert', path: `/c/${open.concertId}`, languages });
  await take({ name: 'concert-soon', path: `/c/${soon.concertId}` });
  await take({ name: 'login', path: '/login' });
  await take({ name: 'register', path: '/register', languages });
  await take({ name: 'nothing-here', path: '/c/999999' });
}
