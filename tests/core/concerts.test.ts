import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import {
  adminCaller,
  type CoreWorld,
  inDays,
  inside,
  openCoreWorld,
  tally,
  times,
} from './core-world.ts';

describe('core: concerts, dates and seats', () => {
  let world: CoreWorld;
  before(async () => {
    world = await openCoreWorld();
  });
  after(() => world.close());

  const get = (concertId: string) => world.call('GET', `/concerts/${concertId}`);
  const schedules = (concertId: string, query = '') =>
    world.call('GET', `/concerts/${concertId}/schedules${query}`, { caller: inside(concertId) });
  const seats = (concertId: string, scheduleId: string) =>
    world.call('GET', `/concerts/${concertId}/schedules/${scheduleId}/seats`, {
      caller: inside(concertId),
    });
  const seatCount = async (scheduleId: string): Promise<number> => {
    const sql = 'SELECT COUNT(*) AS n FROM concert_seat WHERE concert_schedule_id = ?';
    return (await world.database.rows<{ n: number }>(sql, [scheduleId]))[0]?.n ?? -1;
  };

  describe('a concert', () => {
    it('is made with the usual rules, and changed field by field', async () => {
      const { concertId } = (
        await world.admin('POST', '/admin/concerts', { concertName: ' 봄밤 ' })
      ).body;
      const usual = {
        concertId,
        concertName: '봄밤',
        status: 'ACTIVE',
        seatsPerUser: 4,
        refundUntilHours: 24,
        opensAt: null,
        saleState: 'SCHEDULED',
        firstConcertDt: null,
        lastConcertDt: null,
      };
      expect((await get(concertId)).body).to.deep.equal(usual);
      const path = `/admin/concerts/${concertId}`;
      const changed = await world.admin('PATCH', path, { seatsPerUser: 2 });
      expect(changed.body).to.deep.equal({ ...usual, seatsPerUser: 2 });
      expect((await world.admin('PATCH', path, {})).body).to.deep.equal(changed.body);
    });

    it('says how its sale stands', async () => {
      const { concertId, scheduleId } = await world.concert({ seats: 2 });
      const state = async () => (await get(concertId)).body.saleState as string;
      /** What is sold meanwhile is told at most half a second later. */
      const becomes = (expected: string) =>
        eventually(async () => expect(await state()).to.equal(expected));
      const sql = (text: string) => world.database.run(text, [concertId]);
      const room = (policy: object) =>
        world.call('PUT', `/internal/rooms/${concertId}`, {
          body: { policy },
          caller: adminCaller,
        });

      expect(await state()).to.equal('ON_SALE');
      await room({ opensAt: inDays(1) });
      expect(await state()).to.equal('SCHEDULED');
      await room({ opensAt: inDays(-1) });
      expect(await state()).to.equal('ON_SALE');
      await sql("UPDATE concert_seat SET seat_status = 'SOLD' WHERE concert_id = ?");
      await becomes('SOLD_OUT');
      await sql("UPDATE concert_seat SET seat_status = 'AVAILABLE' WHERE concert_id = ?");
      await becomes('ON_SALE');
      const account = { userName: 'holder', password: 'a-long-password' };
      const { userId } = (await world.call('POST', '/auth/register', { body: account })).body;
      const wish = { scheduleId, quantity: 2 };
      const held = await world.call('POST', `/concerts/${concertId}/reservations`, {
        body: wish,
        caller: inside(concertId, userId),
      });
      expect(held.word).to.equal('201');
      await becomes('SOLD_OUT');
      await world.database.transaction(async (tx) => {
        await tx.run('UPDATE concert_seat SET held_until = SYSDATE(6) WHERE concert_id = ?', [
          concertId,
        ]);
        await tx.run(
          'UPDATE reservation SET reservation_expire_dt = SYSDATE(6) WHERE concert_id = ?',
          [concertId],
        );
      });
      await becomes('ON_SALE');
      const at = `/admin/concerts/${concertId}/schedules/${scheduleId}`;
      await world.admin('PATCH', at, { concertDt: inDays(-1) });
      expect(await state()).to.equal('CLOSED');
      await world.admin('PATCH', at, { concertDt: inDays(1) });
      await world.admin('PATCH', `/admin/concerts/${concertId}`, { status: 'INACTIVE' });
      expect(await state()).to.equal('CLOSED');
    });

    it('is listed once over all pages, oldest first, unless it was withdrawn', async () => {
      const made: string[] = [];
      for (let n = 0; n < 5; n += 1) made.push((await world.concert()).concertId);
      await world.admin('PATCH', `/admin/concerts/${made[2]}`, { status: 'INACTIVE' });
      const listed: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await world.call('GET', `/concerts?limit=2${from}`);
        expect(body.items.length).to.be.within(1, 2);
        listed.push(...body.items.map(({ concertId }: { concertId: string }) => concertId));
        cursor = body.nextCursor as string | null;
      }
      const inOrder = [...listed].sort((a, b) => Number(a) - Number(b));
      expect(listed).to.deep.equal(inOrder);
      expect(new Set(listed).size).to.equal(listed.length);
      expect(listed).to.include.members([made[0], made[1], made[3], made[4]]);
      expect(listed).not.to.include(made[2]);
    });

    it('that is not there is 404 for everybody', async () => {
      expect((await get('999999')).word).to.equal('404 not-found');
      expect((await schedules('999999')).word).to.equal('404 not-found');
      for (const [method, path, body] of [
        ['PATCH', '/admin/concerts/999999', { seatsPerUser: 1 }],
        ['POST', '/admin/concerts/999999/schedules', { concertDt: inDays(1), totalSeat: 1 }],
        ['PATCH', '/admin/concerts/999999/schedules/1', { totalSeat: 1 }],
        ['POST', '/admin/concerts/999999/schedules/1/seats', { seats: [{ seatNum: 1, price: 1 }] }],
      ] as const) {
        expect((await world.admin(method, path, body)).word, path).to.equal('404 not-found');
      }
    });
  });

  describe('a date', () => {
    it('shows the seats left: not the sold, not the held in time, the overdue again', async () => {
      const { concertId, scheduleId } = await world.concert({ seats: 5 });
      const set = (change: string, seatNum: number) =>
        world.database.run(
          `UPDATE concert_seat SET ${change} WHERE concert_schedule_id = ? AND seat_num = ?`,
          [scheduleId, seatNum],
        );
      await set("seat_status = 'SOLD'", 1);
      await set("seat_status = 'HELD', held_until = SYSDATE(6) + INTERVAL 1 MINUTE", 2);
      await set("seat_status = 'HELD', held_until = SYSDATE(6) - INTERVAL 1 SECOND", 3);
      await world.database.run("INSERT INTO users (user_name, password_hash) VALUES ('late', '-')");
      await world.database.run(
        `INSERT INTO reservation (user_id, seat_id, concert_id, concert_schedule_id, price,
             reservation_expire_dt, reservation_status)
           SELECT u.user_id, seat_id, concert_id, concert_schedule_id, price, held_until, 'HELD'
           FROM concert_seat JOIN users u ON u.user_name = 'late'
           WHERE concert_schedule_id = ? AND seat_num = 3`,
        [scheduleId],
      );
      await set("status = 'INACTIVE'", 4);
      const { items } = (await schedules(concertId)).body;
      expect(items).to.have.length(1);
      expect(items[0]).to.include({ concertScheduleId: scheduleId, totalSeat: 50, seatsLeft: 2 });
      const listed = (await seats(concertId, scheduleId)).body.items;
      expect(
        listed.map((seat: { seatNum: number; seatStatus: string }) => [
          seat.seatNum,
          seat.seatStatus,
        ]),
      ).to.deep.equal([
        [1, 'SOLD'],
        [2, 'HELD'],
        [3, 'AVAILABLE'],
        [5, 'AVAILABLE'],
      ]);
      const inventory = await world.call('GET', `/internal/concerts/${concertId}/inventory`);
      expect(inventory.body).to.deep.equal({ concertId, total: 4, held: 1, sold: 1, sellable: 2 });
    });

    it('is left out of the available ones when sold out or past', async () => {
      const { concertId, scheduleId, at } = await world.concert({ seats: 1 });
      const available = async () =>
        (await schedules(concertId, '?available=true')).body.items.length;
      expect(await available()).to.equal(1);
      await world.admin('PATCH', at, { concertDt: inDays(-1) });
      expect(await available()).to.equal(0);
      await world.admin('PATCH', at, { concertDt: inDays(1) });
      const sql = "UPDATE concert_seat SET seat_status = 'SOLD' WHERE concert_schedule_id = ?";
      await world.database.run(sql, [scheduleId]);
      expect(await available()).to.equal(0);
      expect((await schedules(concertId, '?available=false')).body.items).to.have.length(1);
      expect((await schedules(concertId, '?available=yes')).word).to.equal('400 invalid-request');
    });

    it('of another concert, or withdrawn, is 404', async () => {
      const one = await world.concert({ seats: 1 });
      const other = await world.concert({ seats: 1 });
      expect((await seats(one.concertId, other.scheduleId)).word).to.equal('404 not-found');
      const mixed = `/admin/concerts/${one.concertId}/schedules/${other.scheduleId}`;
      expect((await world.admin('PATCH', mixed, { totalSeat: 9 })).word).to.equal('404 not-found');
      const body = { seats: [{ seatNum: 9, price: 1 }] };
      expect((await world.admin('POST', `${mixed}/seats`, body)).word).to.equal('404 not-found');
      await world.admin('PATCH', one.at, { status: 'INACTIVE' });
      expect((await seats(one.concertId, one.scheduleId)).word).to.equal('404 not-found');
      expect((await schedules(one.concertId)).body.items).to.deep.equal([]);
      await world.admin('PATCH', `/admin/concerts/${other.concertId}`, { status: 'INACTIVE' });
      expect((await seats(other.concertId, other.scheduleId)).word).to.equal('404 not-found');
      expect((await schedules(other.concertId)).word).to.equal('404 not-found');
    });

    for (const [name, body, where] of [
      ['no seats at all', { totalSeat: 0 }, 'body.totalSeat'],
      ['too many seats', { totalSeat: 200_001 }, 'body.totalSeat'],
      ['a day that does not exist', { concertDt: '2027-02-30T10:00:00Z' }, 'body.concertDt'],
      ['a local time', { concertDt: '2027-02-20T10:00:00' }, 'body.concertDt'],
      ['a time with an offset', { concertDt: '2027-02-20T10:00:00+09:00' }, 'body.concertDt'],
      [
        'a date beyond what the database holds',
        { concertDt: '9999-01-01T00:00:00Z' },
        'body.concertDt',
      ],
      ['a date before it', { concertDt: '1969-01-01T00:00:00Z' }, 'body.concertDt'],
    ] as const) {
      it(`refuses ${name}`, async () => {
        const { concertId, at } = await world.concert();
        const whole = { concertDt: inDays(1), totalSeat: 1, ...body };
        for (const answer of [
          await world.admin('POST', `/admin/concerts/${concertId}/schedules`, whole),
          await world.admin('PATCH', at, body),
        ]) {
          expect(answer.word).to.equal('400 invalid-request');
          expect(answer.body.errors[0].path).to.equal(where);
        }
        expect((await schedules(concertId)).body.items).to.have.length(1);
      });
    }

    it('keeps room for the seats it has', async () => {
      const { at } = await world.concert({ seats: 3 });
      expect((await world.admin('PATCH', at, { totalSeat: 2 })).word).to.equal(
        '400 invalid-request',
      );
      expect((await world.admin('PATCH', at, { totalSeat: 3 })).body.totalSeat).to.equal(3);
    });
  });

  describe('seats', () => {
    const add = (at: string, list: unknown) => world.admin('POST', `${at}/seats`, { seats: list });
    const numbers = (...seatNums: number[]) =>
      seatNums.map((seatNum) => ({ seatNum, price: 1_000 }));

    it('refuses a list with numbers twice, naming the rows', async () => {
      const { at, scheduleId } = await world.concert();
      const answer = await add(at, numbers(1, 2, 1, 3, 2));
      expect(answer.word).to.equal('400 invalid-request');
      expect(answer.body.errors.map(({ path }: { path: string }) => path)).to.deep.equal([
        'body.seats.2.seatNum',
        'body.seats.4.seatNum',
      ]);
      expect(await seatCount(scheduleId)).to.equal(0);
    });

    it('refuses numbers that are there already, naming them, and adds none of the others', async () => {
      const { at, scheduleId } = await world.concert({ seats: 3 });
      const answer = await add(at, numbers(2, 3, 4));
      expect(answer.word).to.equal('409 seat-number-taken');
      expect(answer.body.seatNums).to.deep.equal([2, 3]);
      expect(await seatCount(scheduleId)).to.equal(3);
    });

    it('refuses more seats than the date has', async () => {
      const { at, scheduleId } = await world.concert({ seats: 3, totalSeat: 4 });
      const answer = await add(at, numbers(10, 11));
      expect(answer.word).to.equal('400 invalid-request');
      expect(answer.body.errors[0].path).to.equal('body');
      expect(await seatCount(scheduleId)).to.equal(3);
    });

    for (const [name, seat, where] of [
      ['number 0', { seatNum: 0, price: 1 }, 'seatNum'],
      ['a number beyond the last', { seatNum: 1_000_001, price: 1 }, 'seatNum'],
      ['a number as text', { seatNum: '1', price: 1 }, 'seatNum'],
      ['a negative price', { seatNum: 1, price: -1 }, 'price'],
      ['a price in fractions', { seatNum: 1, price: 0.5 }, 'price'],
      ['a price beyond the highest', { seatNum: 1, price: 100_000_001 }, 'price'],
      ['a long block', { seatNum: 1, price: 1, block: 'x'.repeat(33) }, 'block'],
    ] as const) {
      it(`refuses ${name}, naming the row`, async () => {
        const { at, scheduleId } = await world.concert();
        const answer = await add(at, [{ seatNum: 7, price: 1 }, seat]);
        expect(answer.word).to.equal('400 invalid-request');
        expect(answer.body.errors[0].path).to.equal(`body.seats.1.${where}`);
        expect(await seatCount(scheduleId)).to.equal(0);
      });
    }

    it('are added once when 50 owners add the same ones at once', async () => {
      const { at, scheduleId } = await world.concert({ totalSeat: 1_000 });
      const answers = await Promise.all(times(50, () => add(at, numbers(1, 2, 3))));
      expect(tally(answers)).to.deep.equal({ '201': 1, '409 seat-number-taken': 49 });
      expect(await seatCount(scheduleId)).to.equal(3);
    });

    it('never become more than the total when 50 owners add different ones at once', async () => {
      const { at, scheduleId } = await world.concert({ totalSeat: 20 });
      const answers = await Promise.all(times(50, (n) => add(at, numbers(n + 1))));
      expect(tally(answers)).to.deep.equal({ '201': 20, '400 invalid-request': 30 });
      expect(await seatCount(scheduleId)).to.equal(20);
    });

    it('are added 20,000 at a time, and read in one answer', async function () {
      this.timeout(30_000);
      const { at, concertId, scheduleId } = await world.concert({ totalSeat: 20_000 });
      const list = times(20_000, (n) => ({ seatNum: n + 1, price: 1_000 + n, block: '구역 A' }));
      const made = await add(at, list);
      expect(made.body).to.deep.equal({ created: 20_000 });
      const { body } = await seats(concertId, scheduleId);
      expect(body.items).to.have.length(20_000);
      expect(body.nextCursor).to.equal(null);
      expect(body.items[19_999]).to.include({ seatNum: 20_000, price: 20_999 });
      const [row] = await world.database.rows<{ block: string; n: number }>(
        `SELECT MAX(block_name) AS block, COUNT(DISTINCT concert_id) AS n FROM concert_seat
          WHERE concert_schedule_id = ?`,
        [scheduleId],
      );
      expect(row).to.deep.equal({ block: '구역 A', n: 1 });
    });

    it('change their price only while nobody has them', async () => {
      const { at, concertId, scheduleId } = await world.concert({ seats: 1 });
      const [seat] = (await seats(concertId, scheduleId)).body.items;
      const path = `${at}/seats/${seat.seatId}`;
      expect((await world.admin('PATCH', path, { price: 7 })).body.price).to.equal(7);
      expect((await world.admin('PATCH', path, { price: 7 })).body.price).to.equal(7);
      await world.database.run("UPDATE concert_seat SET seat_status = 'SOLD' WHERE seat_id = ?", [
        seat.seatId,
      ]);
      const refused = await world.admin('PATCH', path, { price: 8 });
      expect(refused.word).to.equal('409 seat-taken');
      expect(refused.body.seatIds).to.deep.equal([seat.seatId]);
      expect((await seats(concertId, scheduleId)).body.items[0].price).to.equal(7);
      const other = await world.concert({ seats: 1 });
      const wrong = `${other.at}/seats/${seat.seatId}`;
      expect((await world.admin('PATCH', wrong, { price: 8 })).word).to.equal('404 not-found');
    });

    it('show a hold to whoever asks after it was made, whatever else is being read', async () => {
      const { concertId, scheduleId } = await world.concert({ seats: 1 });
      const [seat] = (await seats(concertId, scheduleId)).body.items;
      const user = await world.call('POST', '/auth/register', {
        body: { userName: 'hold-fan', password: 'long enough' },
      });
      const crowd = times(20, () => seats(concertId, scheduleId));
      const hold = await world.call('POST', `/concerts/${concertId}/reservations`, {
        body: { scheduleId, seatIds: [seat.seatId] },
        caller: inside(concertId, user.body.userId),
      });
      expect(hold.word).to.equal('201');
      const after = await Promise.all(times(20, () => seats(concertId, scheduleId)));
      for (const { body } of after) expect(body.items[0].seatStatus).to.equal('HELD');
      await Promise.all(crowd);
    });
  });
});
