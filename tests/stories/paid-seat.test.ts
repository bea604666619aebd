import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack } from '../harness/stack.ts';

describe('story: from an account to a paid seat', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.close());

  it('registers, enters, sees, holds, charges, pays and has the seat', async () => {
    const { concertId, scheduleId } = await stack.createConcert({ seats: 50, price: 12_000 });
    const fan = await stack.fan();

    const joined = await fan.join(concertId);
    expect(joined.status, JSON.stringify(joined.body)).to.equal(201);
    expect(joined.body).to.include({ queueId: '1', status: 'ACTIVE', position: 0 });

    const [schedule] = await fan.schedules(concertId);
    expect(schedule).to.include({ concertScheduleId: scheduleId, totalSeat: 50, seatsLeft: 50 });
    const seats = await fan.seats(concertId, scheduleId);
    expect(seats).to.have.length(50);
    const seat = seats[6];
    expect(seat).to.include({ seatNum: 7, price: 12_000, seatStatus: 'AVAILABLE' });

    const held = await fan.hold(concertId, { scheduleId, seatIds: [String(seat?.seatId)] });
    expect(held.status, JSON.stringify(held.body)).to.equal(201);
    const [reservation] = held.body.reservations;
    expect(reservation).to.include({ seatNum: 7, price: 12_000, reservationStatus: 'HELD' });

    const tooEarly = await fan.pay(concertId, [String(reservation?.reservationId)]);
    expect(tooEarly.status, JSON.stringify(tooEarly.body)).to.equal(409);
    expect(tooEarly.body.code).to.equal('insufficient-points');

    const charged = await fan.charge(20_000);
    expect(charged.status, JSON.stringify(charged.body)).to.equal(201);
    expect(charged.body.point).to.equal(20_000);

    const paid = await fan.pay(concertId, [String(reservation?.reservationId)]);
    expect(paid.status, JSON.stringify(paid.body)).to.equal(201);
    expect(paid.body.point).to.equal(8_000);
    expect(paid.body.payments).to.have.length(1);
    expect(paid.body.payments[0]).to.include({ amount: 12_000, paymentStatus: 'COMPLETED' });

    const mine = await fan.call<{ items: { seatNum: number; reservationStatus: string }[] }>(
      'GET',
      '/reservations',
    );
    expect(mine.body.items).to.have.length(1);
    expect(mine.body.items[0]).to.include({ seatNum: 7, reservationStatus: 'CONFIRMED' });
    const history = await fan.call<{ items: { type: string; amount: number }[] }>(
      'GET',
      '/points/history',
    );
    expect(history.body.items.map(({ type, amount }) => [type, amount])).to.deep.equal([
      ['USE', -12_000],
      ['CHARGE', 20_000],
    ]);
    expect(await stack.violations()).to.deep.equal([]);
  });

  it('gives the slot to the next in line when the seat is paid', async () => {
    const { concertId, scheduleId, seatIds } = await stack.createConcert({
      seats: 5,
      price: 1_000,
      policy: { maxActive: 1 },
    });
    const [first, second, third] = [await stack.fan(), await stack.fan(), await stack.fan()];
    expect((await first.join(concertId)).body.status).to.equal('ACTIVE');
    const waiting = await second.join(concertId);
    expect(waiting.body).to.include({ queueId: '2', status: 'WAITING', position: 1, ahead: 0 });
    expect((await third.join(concertId)).body).to.include({ queueId: '3', position: 2, ahead: 1 });

    const gated = await second.call<{ code: string }>('GET', `/concerts/${concertId}/schedules`);
    expect(gated.status, JSON.stringify(gated.body)).to.equal(403);
    expect(gated.body).to.include({ code: 'queue-token-not-active', position: 1 });
    const early = await second.activate(concertId);
    expect([early.status, early.body.code]).to.deep.equal([409, 'not-your-turn']);

    await first.charge(1_000);
    const held = await first.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) });
    const ids = held.body.reservations.map(({ reservationId }) => reservationId);
    expect((await first.pay(concertId, ids)).status).to.equal(201);

    await eventually(
      async () => {
        const claimed = await second.activate(concertId);
        expect(claimed.status, JSON.stringify(claimed.body)).to.equal(200);
      },
      { deadlineMs: 1_000 },
    );
    const again = await second.activate(concertId);
    expect(again.body.token).to.equal(second.queueToken);
    expect((await second.schedules(concertId)).length).to.equal(1);

    // Who has paid is outside again, with the reason.
    const ended = await first.call<{ code: string; reason: string }>(
      'GET',
      `/concerts/${concertId}/schedules`,
    );
    expect(ended.status, JSON.stringify(ended.body)).to.equal(410);
    expect(ended.body).to.include({ code: 'queue-token-ended', reason: 'completed' });
    expect((await third.activate(concertId)).status).to.equal(409);
  });
});
