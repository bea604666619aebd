import { expect } from 'chai';
import type { Answer, ProblemAnswer } from '../../scripts/client/api-client.ts';
import { startStack, type Stack } from '../harness/stack.ts';

/** How often each status and code came: `{ '201': 1, '409 seat-taken': 99 }`. */
function tally(answers: Answer<ProblemAnswer>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const word = status < 300 ? String(status) : `${status} ${body.code}`;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

/** Every race runs twice: with the locks, and with the database alone. */
for (const locks of ['on', 'off'] as const) {
  describe(`story: races, locks ${locks}`, () => {
    let stack: Stack;
    before(async () => {
      stack = await startStack({ locks });
    });
    after(() => stack.close());
    afterEach(async () => {
      expect(await stack.violations()).to.deep.equal([]);
    });

    it('sells one seat once: 100 fans at once get one 201 and 99 × 409 seat-taken', async () => {
      const { concertId, scheduleId, seatIds } = await stack.createConcert({
        seats: 1,
        price: 1_000,
        policy: { maxActive: 100, admitPerSecond: 1_000 },
      });
      const fans = await stack.fansInside(concertId, 100);
      const answers = await Promise.all(
        fans.map((fan) => fan.hold(concertId, { scheduleId, seatIds })),
      );
      expect(tally(answers)).to.deep.equal({ '201': 1, '409 seat-taken': 99 });
      const refusal = answers.find(({ status }) => status === 409);
      expect(refusal?.body['seatIds']).to.deep.equal(seatIds);
    });

    it('sells 50 seats to 200 fans: 50 sold, 50 payments, 50 owners', async () => {
      const price = 3_000;
      const { concertId, scheduleId, seatIds } = await stack.createConcert({
        seats: 50,
        price,
        policy: { maxActive: 200, admitPerSecond: 1_000 },
      });
      const fans = await stack.fansInside(concertId, 200, { points: price });
      // Everybody takes a free seat as long as there is one, each beginning somewhere else.
      const results = await Promise.all(
        fans.map(async (fan, index) => {
          let free = seatIds;
          while (free.length > 0) {
            const seatId = String(free[index % free.length]);
            const held = await fan.hold(concertId, { scheduleId, seatIds: [seatId] });
            if (held.status === 201) {
              const ids = held.body.reservations.map(({ reservationId }) => reservationId);
              return fan.pay(concertId, ids);
            }
            expect(held.body.code, JSON.stringify(held.body)).to.equal('seat-taken');
            free = (await fan.seats(concertId, scheduleId))
              .filter(({ seatStatus }) => seatStatus === 'AVAILABLE')
              .map((seat) => seat.seatId);
          }
          return undefined;
        }),
      );
      const paid = results.filter((answer) => answer !== undefined);
      expect(tally(paid)).to.deep.equal({ '201': 50 });
      const rows = await stack.sql<{ sold: number; payments: number; owners: number }>(
        `SELECT (SELECT COUNT(*) FROM concert_seat WHERE concert_id = ? AND seat_status = 'SOLD') AS sold,
                COUNT(*) AS payments, COUNT(DISTINCT r.user_id) AS owners
           FROM payment p JOIN reservation r USING (reservation_id) WHERE r.concert_id = ?`,
        [concertId, concertId],
      );
      expect(rows).to.deep.equal([{ sold: 50, payments: 50, owners: 50 }]);
    });

    it('pays one reservation once, asked 30 times at once', async () => {
      const price = 2_000;
      const { concertId, scheduleId, seatIds } = await stack.createConcert({ seats: 3, price });
      const [fan] = await stack.fansInside(concertId, 1, { points: 10 * price });
      if (!fan) throw new Error('no fan');
      const held = await fan.hold(concertId, { scheduleId, seatIds: seatIds.slice(0, 1) });
      // A second hold keeps the fan inside, so that every refusal comes from the core.
      await fan.hold(concertId, { scheduleId, seatIds: seatIds.slice(1, 2) });
      const ids = held.body.reservations.map(({ reservationId }) => reservationId);
      const answers = await Promise.all(Array.from({ length: 30 }, () => fan.pay(concertId, ids)));
      expect(tally(answers)).to.deep.equal({ '201': 1, '409 already-paid': 29 });
      const rows = await stack.sql('SELECT payment_id FROM payment WHERE reservation_id = ?', [
        String(ids[0]),
      ]);
      expect(rows).to.have.length(1);
    });

    it('keeps one account exact, charged and paid from 50 places at once', async () => {
      const price = 700;
      const { concertId, scheduleId, seatIds } = await stack.createConcert({
        seats: 20,
        price,
        seatsPerUser: 20,
      });
      const [fan] = await stack.fansInside(concertId, 1, { points: 20 * price });
      if (!fan) throw new Error('no fan');
      const held = await fan.hold(concertId, { scheduleId, seatIds });
      expect(held.status, JSON.stringify(held.body)).to.equal(201);
      const answers = await Promise.all([
        ...Array.from({ length: 50 }, () => fan.charge(11)),
        ...held.body.reservations.map(({ reservationId }) => fan.pay(concertId, [reservationId])),
      ]);
      expect(tally(answers)).to.deep.equal({ '201': 70 });
      const balance = await fan.call<{ point: number }>('GET', '/points');
      expect(balance.body.point).to.equal(50 * 11);
    });

    it('answers every payment when 5 × the pool size are in flight', async () => {
      const price = 500;
      const count = 5 * stack.databasePoolMax;
      const { concertId, scheduleId, seatIds } = await stack.createConcert({
        seats: count,
        price,
        policy: { maxActive: count, admitPerSecond: 1_000 },
      });
      const fans = await stack.fansInside(concertId, count, { points: price });
      const holds = await Promise.all(
        fans.map((fan, i) => fan.hold(concertId, { scheduleId, seatIds: [String(seatIds[i])] })),
      );
      expect(tally(holds)).to.deep.equal({ '201': count });
      const answers = await Promise.all(
        fans.map((fan, i) => {
          const [reservation] = holds[i]?.body.reservations ?? [];
          return fan.pay(concertId, [String(reservation?.reservationId)]);
        }),
      );
      expect(tally(answers)).to.deep.equal({ '201': count });
    });
  });
}
