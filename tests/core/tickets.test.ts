import { expect } from 'chai';
import { createTicketTokens } from '../../core-api/tickets/ticket-token.ts';
import { audit } from '../../scripts/audit.ts';
import { generatePrivateJwk, loadPrivateKeys, loadPublicKeys } from '../../shared/keys.ts';
import {
  type CoreAnswer,
  type CoreWorld,
  inside,
  openCoreWorld,
  tally,
  type TestConcert,
  times,
} from './core-world.ts';

const jwks = JSON.stringify({ keys: [generatePrivateJwk()] });

describe('core: tickets', () => {
  let world: CoreWorld;
  before(async () => {
    world = await openCoreWorld({ env: { TICKET_KEYS: jwks } });
  });
  after(() => world.close());
  afterEach(async () => {
    expect(await audit(world.databaseUrl)).to.deep.equal([]);
  });

  let fans = 0;
  /** A fan with a paid seat of a concert of their own, unless one is given. */
  async function paidSeat(concert?: TestConcert) {
    const { concertId, scheduleId } = concert ?? (await world.concert({ seats: 5 }));
    fans += 1;
    const userName = `ticket-fan-${fans}`;
    const userId = await addAccount(userName);
    const caller = inside(concertId, userId);
    await world.call('POST', '/points/charges', { caller, body: { amount: 5_000 } });
    const held = await world.call('POST', `/concerts/${concertId}/reservations`, {
      caller,
      body: { scheduleId, quantity: 1 },
    });
    const { reservationId } = held.body.reservations[0];
    const paid = await world.call('POST', `/concerts/${concertId}/payments`, {
      caller,
      body: { reservationIds: [reservationId] },
    });
    expect(paid.status, JSON.stringify(paid.body)).to.equal(201);
    const { paymentId } = paid.body.payments[0];
    const ticketAt = `/reservations/${reservationId}/ticket`;
    const code: string = (await world.call('GET', ticketAt, { caller })).body.code;
    const refund = () => world.call('POST', `/payments/${paymentId}/refund`, { caller });
    return {
      userName,
      userId,
      caller,
      concertId,
      scheduleId,
      reservationId,
      ticketAt,
      code,
      refund,
    };
  }

  /** Past the hashing of a password. */
  async function addAccount(userName: string): Promise<string> {
    const insert = "INSERT INTO users (user_name, password_hash) VALUES (?, '-')";
    const { insertId } = await world.database.run(insert, [userName]);
    await world.database.run('INSERT INTO point (user_id) VALUES (?)', [insertId]);
    return String(insertId);
  }

  const checkIn = (code: string, door: object = {}): Promise<CoreAnswer> =>
    world.admin('POST', '/admin/check-in', { code, ...door });

  it('are signed codes that anybody verifies with the public keys alone', async () => {
    const { code, reservationId, concertId, scheduleId } = await paidSeat();
    const offline = createTicketTokens(loadPublicKeys(jwks));
    expect(offline.verify(code)).to.deep.equal({
      reservationId,
      concertId,
      scheduleId,
      seatNum: 1,
    });
    // Compact enough for a QR code that a phone reads across a barrier.
    expect(code.length).to.be.lessThan(256);
  });

  it('say what they are for, and are drawn as a QR code by format or by Accept', async () => {
    const { ticketAt, caller, reservationId, concertId, scheduleId } = await paidSeat();
    const json = await world.call('GET', ticketAt, { caller });
    expect(json.body).to.deep.include({ reservationId, concertId, concertScheduleId: scheduleId });
    expect(json.body).to.include({
      seatNum: 1,
      block: null,
      concertName: 'Test',
      checkedInAt: null,
    });
    const svg = async (target: string, accept?: string) => {
      const headers: Record<string, string> = accept ? { accept } : {};
      const answer = await world.raw('GET', target, { caller, headers });
      return [answer.status, answer.headers['content-type'], answer.text.slice(0, 4)];
    };
    const drawn = [200, 'image/svg+xml', '<svg'];
    expect(await svg(`${ticketAt}?format=svg`)).to.deep.equal(drawn);
    expect(await svg(ticketAt, 'image/svg+xml')).to.deep.equal(drawn);
    const plain = [200, 'application/json', '{"re'];
    expect(await svg(`${ticketAt}?format=json`, 'image/svg+xml')).to.deep.equal(plain);
    expect(await svg(ticketAt, '*/*')).to.deep.equal(plain);
  });

  it('are there for the holder alone, of a paid seat alone', async () => {
    const { ticketAt, concertId, scheduleId, caller, refund } = await paidSeat();
    const other = await paidSeat();
    expect((await world.call('GET', ticketAt, { caller: other.caller })).word).to.equal(
      '404 not-found',
    );
    const held = await world.call('POST', `/concerts/${concertId}/reservations`, {
      caller,
      body: { scheduleId, quantity: 1 },
    });
    const unpaid = `/reservations/${held.body.reservations[0].reservationId}/ticket`;
    const wordOf = async (target: string) => (await world.call('GET', target, { caller })).word;
    expect(await wordOf(unpaid)).to.equal('409 ticket-unavailable');
    expect((await refund()).status).to.equal(201);
    expect(await wordOf(ticketAt)).to.equal('409 ticket-unavailable');
  });

  it('let their holder in once, asked 50 times at once', async () => {
    const { code, userId, userName, concertId, scheduleId, reservationId } = await paidSeat();
    const answers = await Promise.all(times(50, () => checkIn(code)));
    expect(tally(answers)).to.deep.equal({ '200': 1, '409 already-checked-in': 49 });
    const first = answers.find(({ status }) => status === 200)?.body;
    expect(first).to.include({ userId, userName, reservationId, concertId, seatNum: 1 });
    expect(first).to.include({ concertScheduleId: scheduleId, concertName: 'Test' });
    const told = answers.filter(({ status }) => status === 409).map(({ body }) => body.checkedInAt);
    expect(new Set(told)).to.deep.equal(new Set([first.checkedInAt]));
  });

  it('are refused at another door, when forged, and when they are another kind of token', async () => {
    const { code, concertId, scheduleId } = await paidSeat();
    const wrong = await checkIn(code, { concertId: '999' });
    expect(wrong.word).to.equal('409 ticket-wrong-concert');
    expect(wrong.body).to.include({ concertId, scheduleId });
    expect((await checkIn(code, { scheduleId: '999' })).word).to.equal('409 ticket-wrong-concert');

    const stranger = createTicketTokens(
      loadPrivateKeys(JSON.stringify({ keys: [generatePrivateJwk()] })),
    );
    const claims = createTicketTokens(loadPublicKeys(jwks)).verify(code);
    if (!claims) throw new Error('no ticket');
    const [head, payload, signature] = code.split('.');
    const other = Buffer.from(JSON.stringify({ sub: '1', con: '1', dat: '1', num: 1 }));
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'ticket+jwt' })).toString(
      'base64url',
    );
    const forged = [
      'not a code',
      stranger.sign(claims),
      `${head}.${other.toString('base64url')}.${signature}`,
      `${none}.${payload}.`,
      `${head}.${payload}.`,
    ];
    const answers = await Promise.all(forged.map((one) => checkIn(one)));
    expect(tally(answers)).to.deep.equal({ '422 ticket-invalid': forged.length });
    const door = { concertId, scheduleId };
    expect((await checkIn(code, door)).status, 'the true one').to.equal(200);
  });

  it('do not count any more when the seat was given back, also when it is sold again', async () => {
    const concert = await world.concert({ seats: 1 });
    const first = await paidSeat(concert);
    expect((await first.refund()).status).to.equal(201);
    const second = await paidSeat(concert);
    expect((await checkIn(first.code)).word).to.equal('409 ticket-refunded');
    expect((await checkIn(second.code)).body).to.include({ userId: second.userId });
  });

  it('cannot be given back after the holder came in', async () => {
    const { code, refund } = await paidSeat();
    const { body } = await checkIn(code);
    const refused = await refund();
    expect(refused.word).to.equal('409 already-checked-in');
    expect(refused.body.checkedInAt).to.equal(body.checkedInAt);
  });

  it('are given back or let somebody in, never both, when 50 of each come at once', async () => {
    const seats = await Promise.all(times(6, () => paidSeat()));
    for (const { code, refund } of seats) {
      const [ins, backs] = await Promise.all([
        Promise.all(times(25, () => checkIn(code))),
        Promise.all(times(25, () => refund())),
      ]);
      const came = ins.some(({ status }) => status === 200);
      expect(tally(ins)).to.deep.equal(
        came ? { '200': 1, '409 already-checked-in': 24 } : { '409 ticket-refunded': 25 },
      );
      expect(tally(backs)).to.deep.equal(
        came ? { '409 already-checked-in': 25 } : { '201': 1, '409 already-refunded': 24 },
      );
    }
  });
});
