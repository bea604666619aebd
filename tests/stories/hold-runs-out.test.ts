import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack } from '../harness/stack.ts';

describe('story: a hold runs out between hold and payment', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ env: { HOLD_SECONDS: '1' } });
  });
  after(() => stack.close());

  it('refuses the payment with hold-expired, and the seat goes to the next buyer', async () => {
    const { concertId, scheduleId, seatIds } = await stack.createConcert({ seats: 1, price: 900 });
    const [slow, quick] = await stack.fansInside(concertId, 2, { points: 900 });
    if (!slow || !quick) throw new Error('no fans');
    const held = await slow.hold(concertId, { scheduleId, seatIds });
    const ids = held.body.reservations.map(({ reservationId }) => reservationId);
    expect(held.status, JSON.stringify(held.body)).to.equal(201);
    expect((await quick.hold(concertId, { scheduleId, seatIds })).body.code).to.equal('seat-taken');

    const taken = await eventually(
      async () => {
        const answer = await quick.hold(concertId, { scheduleId, seatIds });
        expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
        return answer;
      },
      { deadlineMs: 5_000 },
    );
    const late = await slow.pay(concertId, ids);
    expect([late.status, late.body.code]).to.deep.equal([409, 'hold-expired']);
    const paid = await quick.pay(
      concertId,
      taken.body.reservations.map(({ reservationId }) => reservationId),
    );
    expect(paid.status, JSON.stringify(paid.body)).to.equal(201);
    expect(await stack.violations()).to.deep.equal([]);
  });

  it('shows the seat as free again and the reservation as EXPIRED', async () => {
    const { concertId, scheduleId, seatIds } = await stack.createConcert({ seats: 1, price: 900 });
    const [fan] = await stack.fansInside(concertId, 1);
    if (!fan) throw new Error('no fan');
    await fan.hold(concertId, { scheduleId, seatIds });
    await eventually(
      async () => {
        const [seat] = await fan.seats(concertId, scheduleId);
        expect(seat?.seatStatus).to.equal('AVAILABLE');
        const mine = await fan.call<{ items: { reservationStatus: string }[] }>(
          'GET',
          '/reservations',
        );
        expect(mine.body.items[0]?.reservationStatus).to.equal('EXPIRED');
      },
      { deadlineMs: 5_000 },
    );
  });
});
