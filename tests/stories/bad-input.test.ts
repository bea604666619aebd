import { expect } from 'chai';
import type { Call, ProblemAnswer } from '../../scripts/client/api-client.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import { startStack, type Stack } from '../harness/stack.ts';

interface Case {
  what: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  call?: Call;
  expected: [status: number, code: string];
}

/** Names in braces are filled in from the fixture of the story. */
const cases: Case[] = [];
const add = (method: Case['method'], path: string, expected: Case['expected']) => ({
  with: (what: string, call: Call = {}) => cases.push({ what, method, path, call, expected }),
});

const invalid: Case['expected'] = [400, 'invalid-request'];
const hold = add('POST', '/concerts/{concert}/reservations', invalid);
hold.with('no body at all');
hold.with('a body that is a list', { body: [] });
hold.with('an unknown field', {
  body: { scheduleId: '{schedule}', seatIds: ['{seat}'], price: 1 },
});
hold.with('no seats', { body: { scheduleId: '{schedule}', seatIds: [] } });
hold.with('10,000 seats', {
  body: { scheduleId: '{schedule}', seatIds: Array.from({ length: 10_000 }, (_, i) => `${i + 1}`) },
});
hold.with('a seat twice', { body: { scheduleId: '{schedule}', seatIds: ['{seat}', '{seat}'] } });
hold.with('ids that are numbers', { body: { scheduleId: 1, seatIds: [1] } });
hold.with('ids that are not ids', {
  body: { scheduleId: '{schedule}', seatIds: ["1' OR '1'='1"] },
});
hold.with('an id of 17 digits', { body: { scheduleId: '{schedule}', seatIds: ['9'.repeat(17)] } });
hold.with('an id with a leading zero', { body: { scheduleId: '{schedule}', seatIds: ['01'] } });
hold.with('an operator where an id belongs', { body: { scheduleId: { $ne: '' }, seatIds: ['1'] } });
hold.with('both forms at once', {
  body: { scheduleId: '{schedule}', seatIds: ['{seat}'], quantity: 1 },
});
hold.with('a fractional quantity', { body: { scheduleId: '{schedule}', quantity: 1.5 } });
hold.with('a body over 64 KiB', { body: { scheduleId: '1', pad: 'x'.repeat(70_000) } });
hold.with('an absurdly long string', { body: { scheduleId: 'x'.repeat(60_000), seatIds: ['1'] } });
hold.with('an Idempotency-Key of 256 characters', {
  body: { scheduleId: '{schedule}', seatIds: ['{seat}'] },
  idempotencyKey: 'k'.repeat(256),
});

const unknown: Case['expected'] = [404, 'not-found'];
const holdNothing = add('POST', '/concerts/{concert}/reservations', unknown);
holdNothing.with('a seat of another schedule', {
  body: { scheduleId: '{schedule}', seatIds: ['{otherSeat}'] },
});
holdNothing.with('a schedule of another concert', {
  body: { scheduleId: '{otherSchedule}', seatIds: ['{otherSeat}'] },
});
holdNothing.with('a seat that is not there', {
  body: { scheduleId: '{schedule}', seatIds: ['999999999'] },
});
add('POST', '/concerts/{concert}/reservations', [409, 'schedule-closed']).with('a past schedule', {
  body: { scheduleId: '{pastSchedule}', seatIds: ['{pastSeat}'] },
});
add('POST', '/concerts/{concert}/reservations', [409, 'seat-taken']).with('a held seat', {
  body: { scheduleId: '{schedule}', seatIds: ['{heldSeat}'] },
});
add('POST', '/concerts/{concert}/reservations', [409, 'seat-limit-exceeded']).with(
  'more seats than an account may have',
  { body: { scheduleId: '{schedule}', quantity: 5 } },
);
add('GET', '/concerts/{concert}/schedules/{otherSchedule}/seats', unknown).with(
  'a schedule of another concert',
);
add('DELETE', '/concerts/{concert}/reservations/{othersReservation}', unknown).with(
  'another user’s reservation',
);

const pay = add('POST', '/concerts/{concert}/payments', invalid);
pay.with('no reservations', { body: { reservationIds: [] } });
pay.with('a reservation twice', { body: { reservationIds: ['1', '1'] } });
pay.with('an amount from the client', { body: { reservationIds: ['1'], amount: 1 } });
add('POST', '/concerts/{concert}/payments', unknown).with('another user’s reservation', {
  body: { reservationIds: ['{othersReservation}'] },
});

const charge = add('POST', '/points/charges', invalid);
for (const amount of [0, -1, 1.5, 1_000_001, 1e21, '100', null, true, [100], { value: 1 }]) {
  charge.with(`an amount of ${JSON.stringify(amount)}`, { body: { amount } });
}
charge.with('a user who is not the caller', { body: { amount: 1, userId: '1' } });

for (const [what, path] of [
  ['a word', '/concerts/abc'],
  ['zero', '/concerts/0'],
  ['a negative number', '/concerts/-1'],
  ['a fraction', '/concerts/1.5'],
  ['a huge number', `/concerts/${'9'.repeat(40)}`],
] as const) {
  add('GET', path, invalid).with(`an id in the path that is ${what}`);
}
add('GET', '/concerts?limit=0', invalid).with('a page of no rows');
add('GET', '/concerts?limit=101', invalid).with('a page over the limit');
add('GET', '/concerts?limit=ten', invalid).with('a page size that is a word');
add('GET', '/concerts?cursor=abc', invalid).with('a cursor that is none');
add('GET', '/concerts?sort=price', invalid).with('a query nobody knows');
add('GET', '/concerts?limit=1&limit=2', invalid).with('a query given twice');
add('GET', '/concerts/999999999', unknown).with('a concert that is not there');
add('GET', '/nothing/here', unknown).with('a path nobody knows');

const register = add('POST', '/auth/register', invalid);
for (const userName of ['', 'ab', 'x'.repeat(65), 'has space', 'null\u0000byte', '가나다', 42]) {
  register.with(`a user name of ${JSON.stringify(userName).slice(0, 20)}`, {
    body: { userName, password: 'long enough' },
  });
}
register.with('a short password', { body: { userName: 'fan-1', password: 'short' } });
register.with('a role to be given', {
  body: { userName: 'fan-1', password: 'long enough', role: 'ADMIN' },
});
add('POST', '/auth/login', [401, 'bad-credentials']).with('an unknown name', {
  body: { userName: 'nobody-at-all', password: 'long enough' },
});
add('POST', '/admin/concerts', [403, 'forbidden']).with('an account that is no admin', {
  body: { concertName: 'Mine' },
});

describe('story: bad input', () => {
  let stack: Stack;
  let fan: Fan;
  let rival: Fan;
  let names: Record<string, string>;
  let rowsBefore: unknown;
  const rows = () =>
    stack.sql(
      `SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM concert) AS concerts,
              (SELECT COUNT(*) FROM reservation) AS reservations, (SELECT COUNT(*) FROM payment) AS payments,
              (SELECT COUNT(*) FROM point_history) AS history, (SELECT SUM(point) FROM point) AS points,
              (SELECT SUM(seat_version) FROM concert_seat) AS seatChanges`,
      [],
    );

  before(async () => {
    stack = await startStack();
    const mine = await stack.createConcert({ seats: 10, price: 100 });
    const other = await stack.createConcert({ seats: 1, price: 100 });
    const past = await stack.addSchedule(mine.concertId, { seats: 1, price: 100, hoursAhead: 1 });
    await stack.sql('UPDATE concert_schedule SET concert_dt = ? WHERE concert_schedule_id = ?', [
      '2020-01-01 00:00:00',
      past.scheduleId,
    ]);
    const [someone, second] = await stack.fansInside(mine.concertId, 2, { points: 1_000 });
    if (!someone || !second) throw new Error('no fans');
    fan = someone;
    rival = second;
    const held = await rival.hold(mine.concertId, {
      scheduleId: mine.scheduleId,
      seatIds: [String(mine.seatIds[9])],
    });
    names = {
      concert: mine.concertId,
      schedule: mine.scheduleId,
      seat: String(mine.seatIds[0]),
      heldSeat: String(mine.seatIds[9]),
      otherSchedule: other.scheduleId,
      otherSeat: String(other.seatIds[0]),
      pastSchedule: past.scheduleId,
      pastSeat: String(past.seatIds[0]),
      othersReservation: String(held.body.reservations[0]?.reservationId),
    };
    rowsBefore = await rows();
  });
  after(() => stack.close());
  afterEach(async () => {
    expect(await rows(), 'a row was changed').to.deep.equal(rowsBefore);
  });

  const fill = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value).replaceAll(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole),
    ) as T;

  for (const { what, method, path, call = {}, expected } of cases) {
    it(`${method} ${path} with ${what} gets ${expected.join(' ')}`, async () => {
      const answer = await fan.call<ProblemAnswer>(method, fill(path), fill(call));
      expect([answer.status, answer.body.code], JSON.stringify(answer.body)).to.deep.equal(
        expected,
      );
      expect(String(answer.headers['content-type'])).to.include('application/problem+json');
      expect(answer.body).to.include.keys('type', 'title', 'status', 'code', 'detail', 'requestId');
    });
  }

  it('JSON that is none gets 400 invalid-request', async () => {
    for (const text of ['{', '', 'null', '"text"', '{"amount":1}{', '{"amount":01}', '\u0000']) {
      const answer = await fetch(`${stack.gatewayUrl}/points/charges`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${fan.accessToken}`,
        },
        body: text,
      });
      const body = (await answer.json()) as ProblemAnswer;
      expect([answer.status, body.code], text).to.deep.equal(invalid);
    }
  });

  it('a body that is not JSON by its type gets 400 invalid-request', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await fetch(`${stack.gatewayUrl}/points/charges`, {
        method: 'POST',
        headers: { 'content-type': type, authorization: `Bearer ${fan.accessToken}` },
        body: '{"amount":1}',
      });
      const body = (await answer.json()) as ProblemAnswer;
      expect([answer.status, body.code], type).to.deep.equal(invalid);
    }
  });

  it('a missing or foreign credential gets its own code', async () => {
    const concert = `/concerts/${String(names['concert'])}`;
    const seats = { scheduleId: names['schedule'], seatIds: [names['seat']] };
    const ask = async (call: Call) => {
      const answer = await stack.api.call<ProblemAnswer>('POST', `${concert}/reservations`, {
        body: seats,
        ...call,
      });
      return [answer.status, answer.body.code];
    };
    const { accessToken, queueToken } = fan;
    expect(await ask({ queueToken })).to.deep.equal([401, 'access-token-required']);
    expect(await ask({ accessToken: 'x.y.z', queueToken })).to.deep.equal([
      401,
      'access-token-invalid',
    ]);
    expect(await ask({ accessToken })).to.deep.equal([401, 'queue-token-required']);
    expect(await ask({ accessToken, queueToken: accessToken })).to.deep.equal([
      401,
      'queue-token-invalid',
    ]);
    expect(await ask({ accessToken: rival.accessToken, queueToken })).to.deep.equal([
      403,
      'queue-token-wrong-user',
    ]);
    const elsewhere = await fan.call<ProblemAnswer>(
      'GET',
      `/concerts/${String(Number(names['concert']) + 1)}/schedules`,
    );
    expect([elsewhere.status, elsewhere.body.code]).to.deep.equal([403, 'queue-token-wrong-room']);
  });
});
