/**
 * The map of 20,000 seats in headless Chromium: when its first picture is there on a CPU that is four
 * times slower, and how many frames a second it draws while it is moved and zoomed, from the browser's
 * own trace. `npm run bench -- arena`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { makeHall } from '../client/make-hall.ts';
import { isMain } from '../is-main.ts';
import { seedPlan } from '../seed/seed-plan.ts';
import { missingChromium, openChromium } from '../stack/chromium.ts';
import { aimLine, median, round, table } from './figures.ts';
import { traceFrames } from './frame-trace.ts';
import { openPageWorld, type PageWorld } from './page-world.ts';
import { scaled } from './scale.ts';

const firstPictures = scaled(9, 3);
const gestureRounds = scaled(5, 2);
const gestureMs = 2_500;
/** Of a mouse that is asked 125 times a second. */
const eventMs = 8;
const slower = 4;

const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 },
} as const;
type Width = keyof typeof sizes;

interface Inside {
  browser: Browser;
  world: PageWorld;
  concertId: string;
  /** Cookies of somebody who is inside. */
  cookies: Awaited<ReturnType<BrowserContext['cookies']>>;
}

async function enter(browser: Browser, world: PageWorld, concertId: string): Promise<Inside> {
  const fan = await world.newFan();
  const context = await browser.newContext({ baseURL: world.gatewayUrl });
  await context.addCookies([
    { name: 'session', value: fan.accessToken, url: world.gatewayUrl, httpOnly: true },
  ]);
  const page = await context.newPage();
  await page.goto(`/c/${concertId}/room`);
  await page.locator('form[action$="/join"] button').click();
  await page.waitForURL('**/seats');
  const cookies = await context.cookies();
  await context.close();
  return { browser, world, concertId, cookies };
}

/** Evaluated from outside as it stands: the policy of the page lets no text become code inside. */
const untilPainted = `new Promise((resolve, reject) => {
  const look = (left) => {
    if (performance.getEntriesByName('hall-painted').length > 0) resolve();
    else if (left === 0) reject(new Error('the map was not painted in time'));
    else setTimeout(look, 50, left - 1);
  };
  look(600);
})`;

async function openMap(inside: Inside, width: Width, slowdown = 1): Promise<Page> {
  const { browser, world, concertId, cookies } = inside;
  const context = await browser.newContext({ ...sizes[width], baseURL: world.gatewayUrl });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.goto(`/c/${concertId}/seats`);
  await page.evaluate(untilPainted);
  return page;
}

/** From asking for the page to the first picture of the map, with nothing in the cache. */
async function firstPictureMs(inside: Inside, width: Width): Promise<number> {
  const page = await openMap(inside, width, slower);
  const atMs = await page.evaluate<number>(
    "performance.getEntriesByName('hall-painted')[0].startTime",
  );
  await page.context().close();
  return atMs;
}

/**
 * Events at the pace of a mouse. One that waited for what the browser says to the one before would come
 * too late for every second frame, and the frames of this loop would be counted, not those of the map.
 */
async function atPace(step: (turn: number) => Promise<void>): Promise<void> {
  const until = performance.now() + gestureMs;
  const sent: Promise<void>[] = [];
  for (let turn = 0; performance.now() < until; turn += 1) {
    sent.push(step(turn));
    await sleep(eventMs);
  }
  await Promise.all(sent);
}

/** In circles over the middle of the map. */
async function pan(page: Page, { x, y }: { x: number; y: number }): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await atPace((turn) =>
    page.mouse.move(x + 110 * Math.sin(turn * 0.06), y + 70 * Math.cos(turn * 0.06)),
  );
  await page.mouse.up();
}

/** In and out again. */
async function zoom(page: Page, { x, y }: { x: number; y: number }): Promise<void> {
  await page.mouse.move(x, y);
  await atPace((turn) => page.mouse.wheel(0, turn % 120 < 60 ? -20 : 20));
}

async function gestures(inside: Inside, width: Width) {
  const page = await openMap(inside, width);
  const canvas = await page.locator('#hall').boundingBox();
  if (!canvas) throw new Error('the map is not to be seen');
  const middle = { x: canvas.x + canvas.width / 2, y: canvas.y + canvas.height / 2 };
  const rows = [];
  for (const [what, move] of Object.entries({ pan, zoom })) {
    const runs = [];
    for (let at = 0; at < gestureRounds; at += 1)
      runs.push(await traceFrames(page, () => move(page, middle)));
    const perSecond = runs.map((run) => run.perSecond);
    const longest = runs.map((run) => run.longestGapMs);
    rows.push({
      width,
      what,
      perSecond: median(perSecond),
      least: Math.min(...perSecond),
      longest,
    });
  }
  await page.context().close();
  return rows;
}

async function measure(inside: Inside): Promise<string> {
  const pictures = [];
  for (const width of ['phone', 'desktop'] as const) {
    const times = [];
    for (let at = 0; at < firstPictures; at += 1) times.push(await firstPictureMs(inside, width));
    pictures.push({ width, median: median(times), slowest: Math.max(...times) });
  }
  const moves = [...(await gestures(inside, 'phone')), ...(await gestures(inside, 'desktop'))];
  return [
    table(
      [`first picture, CPU ${slower}× slower`, 'median ms', 'slowest ms'],
      pictures.map((one) => [one.width, round(one.median), round(one.slowest)]),
    ),
    '',
    table(
      ['moving the map', 'frames/s', 'slowest run', 'longest gap ms'],
      moves.map((one) => [
        `${one.width}, ${one.what}`,
        round(one.perSecond, 1),
        round(one.least, 1),
        round(Math.max(...one.longest)),
      ]),
    ),
    '',
    aimLine({
      what: 'first picture, slowest',
      measured: round(Math.max(...pictures.map(({ slowest }) => slowest))),
      unit: 'ms',
      atMost: 2_000,
    }),
    aimLine({
      what: 'frames a second, slowest gesture',
      measured: round(Math.min(...moves.map(({ perSecond }) => perSecond)), 1),
      unit: '',
      atLeast: 50,
    }),
  ].join('\n');
}

export async function benchArena(): Promise<string> {
  const executablePath = await openChromium({ env: process.env, log: console.error });
  if (executablePath === undefined) throw new Error(missingChromium);
  const world = await openPageWorld();
  const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] });
  try {
    const arena = seedPlan(Date.now())[3];
    if (!arena) throw new Error('no such sample concert');
    const { concertId } = await makeHall(world.owner, arena, 'NOVA LINE World Tour in Seoul');
    return await measure(await enter(browser, world, concertId));
  } finally {
    await browser.close();
    await world.close();
  }
}

if (isMain(import.meta.url)) console.log(await benchArena());
