import { expect } from 'chai';
import type { Page, Route } from 'playwright-core';
import type { Fan } from '../../scripts/client/fan.ts';
import type { PolicyFields } from '../../shared/contracts/queue.ts';
import type { Stack } from '../harness/stack.ts';
import { expectAccessible } from './accessible.ts';
import { newPage, newVisitor, openPages, type VisitorOptions } from './browser.ts';

/** Each look has another width, language and theme, so that two of them see all of each. */
const looks: VisitorOptions[] = [
  { width: 'phone', language: 'en', dark: true },
  { width: 'desktop', language: 'ko', dark: false },
];
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const hourMs = 3_600_000;

interface Sight {
  name: string;
  path: string;
  as?: Fan;
  /** What is there when the page is. */
  shows: string;
  before?: (page: Page) => Promise<unknown>;
}

const joins = async (page: Page): Promise<void> => {
  await page.locator('form[action$="/join"] button').click();
};

/** A page that renews itself must stand still for as long as it is looked at. */
const renewNever = async (route: Route): Promise<void> => {
  const response = await route.fetch();
  const { refresh, ...headers } = response.headers();
  expect(Number.parseInt(refresh ?? '', 10)).to.be.greaterThan(0);
  await route.fulfill({ response, headers });
};

describe('pages: everywhere, in both themes', () => {
  let stack: Stack;
  const sights: Sight[] = [];

  const roomOf = async (policy: Partial<PolicyFields>) =>
    (await stack.createConcert({ seats: 20, price: 10_000, policy })).concertId;
  const aFan = async (points = 0): Promise<Fan> => {
    const [one] = await stack.fans(1, { points });
    if (!one) throw new Error('no fan');
    return one;
  };
  const add = (name: string, path: string, shows: string, more: Partial<Sight> = {}): void =>
    void sights.push({ name, path, shows, ...more });

  /** Somebody with a ticket, a hold and a refund. */
  async function addOwn(): Promise<void> {
    const { concertId, scheduleId } = await stack.createConcert({ seats: 20, price: 10_000 });
    const buyer = await aFan(100_000);
    const paidId = async (): Promise<string> => {
      await buyer.join(concertId);
      const held = await buyer.hold(concertId, { scheduleId, quantity: 1 });
      const [one] = held.body.reservations;
      await buyer.pay(concertId, [one?.reservationId ?? '']);
      return one?.reservationId ?? '';
    };
    const reservationId = await paidId();
    await buyer.join(concertId);
    await buyer.hold(concertId, { scheduleId, quantity: 2 });
    const as = buyer;
    add('what is on', '/', '.concerts');
    add('a concert', `/c/${concertId}`, '.card', { as });
    add('my tickets', '/me/tickets', '.unpaid', { as });
    add('a ticket', `/me/tickets/${reservationId}`, '.ticket img', { as });
    add('my payments', '/me/payments', '.ticket-row', { as });
    add('my points', '/me/points', '.lines li', { as });
    add('paying', `/c/${concertId}/room`, '[data-countdown]', {
      as,
      before: async (page) => {
        await joins(page);
        await page.waitForURL('**/seats');
        await page.goto(`/c/${concertId}/checkout`);
      },
    });
    add('the seat map', `/c/${concertId}/room`, '#legend li', { as, before: joins });
    add('seats without scripts', `/c/${concertId}/room`, 'input[name=quantity]', {
      as,
      before: async (page) => {
        await joins(page);
        await page.waitForURL('**/seats');
        await page.goto(`/c/${concertId}/seats/plain`);
      },
    });
  }

  async function addRooms(): Promise<void> {
    const as = await aFan();
    const scene = (name: string): string => `[data-scene=${name}]`;
    const open = await roomOf({ maxActive: 0, message: 'Doors at six' });
    const draw = await roomOf({
      order: 'draw',
      preQueueOpensAt: inMs(-60_000),
      opensAt: inMs(hourMs),
    });
    const puzzle = await roomOf({ maxActive: 0, challenge: 'pow', powDifficulty: 24 });
    const early = await roomOf({ opensAt: inMs(hourMs) });
    const closed = await roomOf({});
    await stack.admin.call('POST', `/admin/queue/${closed}/close`);
    const before = joins;
    add('joining', `/c/${open}/room`, scene('joinable'));
    add('waiting', `/c/${open}/room`, scene('waiting'), { as, before });
    add('waiting without scripts', `/c/${open}/room/plain`, scene('joinable'), { as });
    add('registered', `/c/${draw}/room`, scene('registered'), { as, before });
    add('the draw', `/c/${draw}/draw`, '.facts');
    add('no draw', `/c/${open}/draw`, '.empty');
    add('too early', `/c/${early}/room`, scene('before'));
    add('closed', `/c/${closed}/room`, scene('closed'));
    add('the check', `/c/${puzzle}/check`, '#puzzle', { as });
  }

  /** What becomes of who waits: paused, the turn, inside, sold out; and a draw that was held. */
  async function addEnds(): Promise<void> {
    const as = await aFan(50_000);
    const [paused, turn, inside] = [
      await roomOf({ maxActive: 0 }),
      await roomOf({ maxActive: 0, claimSeconds: 600 }),
      await roomOf({}),
    ];
    for (const concertId of [paused, turn]) await as.join(concertId);
    await stack.admin.call('POST', `/admin/queue/${paused}/pause`);
    await stack.admin.call('PUT', `/admin/queue/${turn}`, { body: { maxActive: 5 } });
    const sold = await stack.createConcert({ seats: 1, price: 10_000 });
    await as.join(sold.concertId);
    const held = await as.hold(sold.concertId, { scheduleId: sold.scheduleId, quantity: 1 });
    await as.pay(sold.concertId, [held.body.reservations[0]?.reservationId ?? '']);
    const opening = { preQueueOpensAt: inMs(-60_000), opensAt: inMs(3_000) };
    const drawn = await roomOf({ order: 'draw', maxActive: 0, ...opening });
    await as.join(drawn);
    const before = joins;
    add('paused', `/c/${paused}/room`, '[data-scene=waiting] .notice', { as, before });
    add('the turn', `/c/${turn}/room`, '[data-scene=ready] form[action$="/more-time"]', {
      as,
      before,
    });
    add('inside', `/c/${inside}/room`, '[data-scene=inside]', {
      as,
      before: async (page) => {
        await joins(page);
        await page.waitForURL('**/seats');
        await page.goto(`/c/${inside}/room`);
      },
    });
    add('sold out', `/c/${sold.concertId}/room`, '[data-scene=sold-out]');
    add('a draw that was held', `/c/${drawn}/draw`, '#checks li:nth-child(3)', {
      before: (page) => page.locator('#check-now').click(),
    });
  }

  before(async () => {
    ({ stack } = await openPages());
    await addOwn();
    await addRooms();
    await addEnds();
    add('logging in', '/login', 'input[name=password]');
    add('making an account', '/register', 'input[name=password]');
    add('nothing', '/c/999999', '.eyebrow');
    add('no tickets', '/me/tickets', '.empty', { as: await aFan() });
  });

  async function look({ path, shows, before, name }: Sight, page: Page & { faults: string[] }) {
    await page.route('**/room/plain*', renewNever);
    await page.goto(path);
    await before?.(page);
    await page.locator(shows).first().waitFor();
    await expectAccessible(page);
    const wider = await page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    expect(wider, `${name} scrolls sideways`).to.equal(false);
    expect(page.faults, name).to.deep.equal([]);
  }

  for (const options of looks) {
    const { width, language, dark } = options;
    it(`has nothing in the way: ${width}, ${language}, ${dark ? 'dark' : 'light'}`, async () => {
      expect(sights.length).to.be.greaterThan(20);
      for (const sight of sights) {
        const visitor = await newVisitor({ ...options, ...(sight.as ? { fan: sight.as } : {}) });
        try {
          await look(sight, await newPage(visitor));
        } finally {
          await visitor.close();
        }
      }
    }).timeout(180_000);
  }

  it('leads by the keyboard alone from the list to a kept seat', async () => {
    const { concertId } = await stack.createConcert({ seats: 4, price: 10_000 });
    const visitor = await newVisitor({ fan: await aFan(10_000), width: 'desktop' });
    const page = await newPage(visitor);
    const focused = () => page.evaluate<string>('document.activeElement.outerHTML.slice(0, 400)');
    /** Tabs on until the focus is on what is looked for; whoever uses keys does the same. */
    const tabTo = async (pattern: RegExp): Promise<void> => {
      for (let at = 0; at < 80; at += 1) {
        await page.keyboard.press('Tab');
        if (pattern.test(await focused())) return;
      }
      throw new Error(`${String(pattern)} cannot be reached; last ${await focused()}`);
    };
    await page.goto(`/c/${concertId}`);
    await tabTo(/Join the line/);
    const outline = 'getComputedStyle(document.activeElement).outlineWidth';
    expect(await page.evaluate<string>(outline), 'the focus is seen').to.equal('3px');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/seats');
    await page.locator('#hall-loading').waitFor({ state: 'hidden' });
    await tabTo(/id="hall"/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('.chosen li').waitFor();
    await tabTo(/Keep these seats/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/checkout');
    await tabTo(/>Pay/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/me/tickets?paid=1');
    await visitor.close();
  });
});
