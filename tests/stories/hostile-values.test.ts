import { expect } from 'chai';
import type { ProblemAnswer } from '../../scripts/client/api-client.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import { hostileTexts } from '../fuzz/values.ts';
import { startStack, type Stack } from '../harness/stack.ts';

/** Text that is SQL, RESP, Lua, markup or a path elsewhere is text here, or no input at all. */
describe('story: hostile values, down to the database', () => {
  let stack: Stack;
  let fan: Fan;
  let concertId: string;
  let scheduleId: string;
  before(async () => {
    stack = await startStack();
    const concert = await stack.createConcert({ seats: 2, price: 10 });
    [concertId, scheduleId] = [concert.concertId, concert.scheduleId];
    const [one] = await stack.fansInside(concertId, 1, { points: 100 });
    if (!one) throw new Error('no fan');
    fan = one;
  });
  after(() => stack.close());

  const rows = () =>
    stack.sql(
      `SELECT (SELECT GROUP_CONCAT(user_id, user_name, role, status) FROM users) AS users,
         (SELECT COUNT(*) FROM concert) AS concerts,
         (SELECT COUNT(*) FROM reservation) AS reservations,
         (SELECT SUM(point) FROM point) AS points,
         (SELECT GROUP_CONCAT(seat_status, price) FROM concert_seat) AS seats`,
      [],
    );
  const refused = async (path: string, body: unknown, who = fan): Promise<void> => {
    const before = await rows();
    const answer = await who.call<ProblemAnswer>('POST', path, { body });
    const shown = `${JSON.stringify(body)} ${JSON.stringify(answer.body)}`;
    expect([answer.status, answer.body.code], shown).to.deep.equal([400, 'invalid-request']);
    expect(await rows()).to.deep.equal(before);
  };

  it('are no ids, wherever an id belongs', async () => {
    for (const text of hostileTexts) {
      await refused(`/concerts/${concertId}/reservations`, { scheduleId: text, quantity: 1 });
      await refused(`/concerts/${concertId}/reservations`, { scheduleId, seatIds: [text] });
      await refused(`/concerts/${concertId}/payments`, { reservationIds: [text] });
    }
  });

  it('are no amounts and no user names', async () => {
    for (const text of hostileTexts) {
      await refused('/points/charges', { amount: text });
      // The two that are letters and digits alone are names like others.
      if (/^[A-Za-z0-9][A-Za-z0-9._+@-]{2,63}$/.test(text)) continue;
      await refused('/auth/register', { userName: text, password: 'long enough' });
    }
  });

  it('log nobody in', async () => {
    for (const userName of [
      `' OR '1'='1`,
      `${fan.userName}' -- `,
      `${fan.userName} `,
      '%',
      '_____',
    ])
      for (const password of [`' OR '1'='1`, 'long enough']) {
        const body = { userName, password };
        const answer = await fan.call<ProblemAnswer>('POST', '/auth/login', { body });
        expect([answer.status, answer.body.code]).to.deep.equal([401, 'bad-credentials']);
      }
  });

  it('are kept as they came where any text may stand', async () => {
    for (const text of hostileTexts) {
      const body = { concertName: text };
      const isText = text.isWellFormed() && !/\p{Cc}/u.test(text) && text.length <= 200;
      if (!isText) {
        await refused('/admin/concerts', body, stack.admin);
        continue;
      }
      const made = await stack.admin.call<{ concertId: string }>('POST', '/admin/concerts', {
        body,
      });
      expect(made.status, text).to.equal(201);
      const path = `/concerts/${made.body.concertId}`;
      const read = await stack.api.call<{ concertName: string }>('GET', path);
      expect(read.body.concertName).to.equal(text.trim());
      expect(read.headers['content-type']).to.equal('application/json');
    }
  });

  const more: [string, () => [path: string, body: object]][] = [
    [
      'a role',
      () => ['/auth/register', { userName: 'new-1', password: 'long enough', role: 'ADMIN' }],
    ],
    [
      'an id',
      () => ['/auth/register', { userName: 'new-1', password: 'long enough', userId: '1' }],
    ],
    [
      'a status',
      () => ['/auth/register', { userName: 'new-1', password: 'long enough', status: 'ACTIVE' }],
    ],
    ['points', () => ['/auth/register', { userName: 'new-1', password: 'long enough', point: 5 }]],
    [
      'a hash',
      () => ['/auth/register', { userName: 'new-1', password: 'long enough', passwordHash: 'x' }],
    ],
    ['another account', () => ['/points/charges', { amount: 1, userId: '1' }]],
    ['a balance', () => ['/points/charges', { amount: 1, point: 1_000_000 }]],
    ['a kind of entry', () => ['/points/charges', { amount: 1, type: 'REFUND' }]],
    [
      'a price',
      () => [`/concerts/${concertId}/reservations`, { scheduleId, quantity: 1, price: 0 }],
    ],
    [
      'a holder',
      () => [`/concerts/${concertId}/reservations`, { scheduleId, quantity: 1, userId: '1' }],
    ],
    [
      'a state',
      () => [
        `/concerts/${concertId}/reservations`,
        { scheduleId, quantity: 1, reservationStatus: 'CONFIRMED' },
      ],
    ],
    [
      'an end',
      () => [
        `/concerts/${concertId}/reservations`,
        { scheduleId, quantity: 1, reservationExpireDt: '2099-01-01T00:00:00Z' },
      ],
    ],
    ['an amount', () => [`/concerts/${concertId}/payments`, { reservationIds: ['1'], amount: 0 }]],
    [
      'a payment that is done',
      () => [
        `/concerts/${concertId}/payments`,
        { reservationIds: ['1'], paymentStatus: 'COMPLETED' },
      ],
    ],
    [
      'a prototype',
      () => ['/points/charges', JSON.parse('{"amount":1,"__proto__":{"role":"ADMIN"}}') as object],
    ],
    [
      'a constructor',
      () => ['/points/charges', { amount: 1, constructor: { prototype: { role: 'ADMIN' } } }],
    ],
  ];
  for (const [name, make] of more)
    it(`are not taken for what a caller has no say in: ${name}`, async () => {
      await refused(...make());
      expect(Object.prototype).not.to.have.property('role');
    });
});
