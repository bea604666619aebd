import { request } from 'node:http';
import { expect } from 'chai';
import { assertionHeader, nobody, signAssertion } from '../../shared/assertion.ts';
import { makeAccounts } from '../../scripts/accounts.ts';
import { generatePrivateJwk } from '../../shared/keys.ts';
import {
  adminCaller,
  type CoreWorld,
  inside,
  openCoreWorld,
  tally,
  type TestConcert,
  times,
} from './core-world.ts';

describe('core: what owners do with many seats', () => {
  let world: CoreWorld;
  let concert: TestConcert;
  before(async () => {
    world = await openCoreWorld();
  });
  beforeEach(async () => {
    concert = await world.concert({ totalSeat: 100 });
  });
  after(() => world.close());

  const csv = (text: string, type = 'text/csv') =>
    world.call('POST', `${concert.at}/seats/csv`, {
      caller: adminCaller,
      body: Buffer.from(text),
      headers: { 'content-type': type },
    });
  const hall = 'seatNum,price,block\n1,100,VIP\n2,100,VIP\n3,50,R\n4,50,R\n5,50,R\n';
  const list = async () => {
    const { concertId, scheduleId } = concert;
    const path = `/concerts/${concertId}/schedules/${scheduleId}/seats`;
    const answer = await world.call('GET', path, { caller: inside(concertId) });
    return answer.body.items as { seatId: string; seatNum: number; price: number }[];
  };
  const prices = (body: unknown) => world.admin('POST', `${concert.at}/seats/prices`, body);
  const house = (body: unknown) => world.admin('POST', `${concert.at}/seats/house`, body);
  const set = (seatNum: number, change: string) =>
    world.database.run(
      `UPDATE concert_seat SET ${change} WHERE concert_schedule_id = ? AND seat_num = ?`,
      [concert.scheduleId, seatNum],
    );
  const sold = "seat_status = 'SOLD'";
  const held = "seat_status = 'HELD', held_until = SYSDATE(6) + INTERVAL 1 MINUTE";

  describe('a CSV file', () => {
    it('adds its seats, with a mark of byte order or without', async () => {
      expect((await csv(`\ufeff${hall}`, 'text/csv; charset=utf-8')).body).to.deep.equal({
        created: 5,
      });
      const seats = (await list()).map(({ seatNum, price }) => [seatNum, price]);
      expect(seats).to.deep.equal([
        [1, 100],
        [2, 100],
        [3, 50],
        [4, 50],
        [5, 50],
      ]);
    });

    it('with a fault anywhere adds nothing, and names the line', async () => {
      for (const [text, word, path] of [
        [`${hall}6,x,R\n`, '400 invalid-request', 'body.7.price'],
        [`${hall}2,10,R\n`, '400 invalid-request', 'body.7.seatNum'],
        ['price\n1', '400 invalid-request', 'body.1'],
      ] as const) {
        const answer = await csv(text);
        expect(answer.word).to.equal(word);
        expect(answer.body.errors[0].path).to.equal(path);
      }
      expect((await csv(hall, 'application/json')).word).to.equal('400 invalid-request');
      expect(await list()).to.deep.equal([]);
    });

    it('clashes with seats that are there as a list of seats does', async () => {
      await csv(hall);
      const again = await csv('seatNum,price\n9,1\n5,1\n');
      expect(again.word).to.equal('409 seat-number-taken');
      expect(again.body.seatNums).to.deep.equal([5]);
      expect(await list()).to.have.length(5);
    });

    it('of 50,000 seats is in within seconds', async function () {
      this.timeout(20_000);
      concert = await world.concert({ totalSeat: 50_000 });
      const lines = times(50_000, (n) => `${n + 1},${1_000 + (n % 7)},Block ${n % 90}`);
      const made = await csv(`seatNum,price,block\n${lines.join('\n')}\n`);
      expect(made.body).to.deep.equal({ created: 50_000 });
    });
  });

  describe('prices by block', () => {
    beforeEach(() => csv(hall));

    it('change for the seats that nobody has', async () => {
      await set(1, sold);
      await set(3, held);
      const answer = await prices({
        prices: [
          { block: 'VIP', price: 200 },
          { block: 'R', price: 50 },
        ],
      });
      expect(answer.body).to.deep.equal({ changed: 1, kept: 2 });
      expect((await list()).map(({ price }) => price)).to.deep.equal([100, 200, 50, 50, 50]);
    });

    it('change all or none', async () => {
      const answer = await prices({
        prices: [
          { block: 'VIP', price: 200 },
          { block: 'nowhere', price: 1 },
        ],
      });
      expect(answer.word).to.equal('400 invalid-request');
      expect(answer.body.errors[0].path).to.equal('body.prices.1.block');
      expect((await list())[0]?.price).to.equal(100);
    });

    for (const [name, body] of [
      ['none at all', { prices: [] }],
      ['a negative one', { prices: [{ block: 'R', price: -1 }] }],
      [
        'a block twice',
        {
          prices: [
            { block: 'R', price: 1 },
            { block: 'R', price: 2 },
          ],
        },
      ],
    ] as const) {
      it(`refuse ${name}`, async () => {
        expect((await prices(body)).word).to.equal('400 invalid-request');
      });
    }
  });

  describe('seats for the house', () => {
    beforeEach(() => csv(hall));
    const hold = (userId: string, seatIds: string[]) =>
      world.call('POST', `/concerts/${concert.concertId}/reservations`, {
        body: { scheduleId: concert.scheduleId, seatIds },
        caller: inside(concert.concertId, userId),
      });
    const fans = async (count: number) =>
      makeAccounts({
        databaseUrl: world.databaseUrl,
        accessTokenKeys: JSON.stringify({ keys: [generatePrivateJwk()] }),
        count,
      });

    it('are not offered, not counted and not held until they are given back', async () => {
      const [fan] = await fans(1);
      const seat = (await list())[0]?.seatId ?? '';
      expect((await house({ block: 'VIP', house: true })).body).to.deep.equal({ changed: 2 });
      expect((await list()).map(({ seatNum }) => seatNum)).to.deep.equal([3, 4, 5]);
      const inventory = await world.call(
        'GET',
        `/internal/concerts/${concert.concertId}/inventory`,
      );
      expect(inventory.body).to.include({ total: 3, sellable: 3 });
      expect((await hold(fan?.userId ?? '', [seat])).word).to.equal('404 not-found');
      expect((await house({ block: 'VIP', house: true })).body).to.deep.equal({ changed: 0 });
      expect((await house({ block: 'VIP', house: false })).body).to.deep.equal({ changed: 2 });
      expect((await hold(fan?.userId ?? '', [seat])).word).to.equal('201');
    });

    it('are taken all or none, never from somebody who has one', async () => {
      await set(1, sold);
      const ids = (await list()).map(({ seatId }) => seatId);
      const refused = await house({ seatIds: ids.slice(0, 3), house: true });
      expect(refused.word).to.equal('409 seat-taken');
      expect(refused.body.seatIds).to.deep.equal([ids[0]]);
      expect(await list()).to.have.length(5);
      expect((await house({ seatIds: ids.slice(1, 3), house: true })).body.changed).to.equal(2);
      expect((await house({ seatIds: [...ids.slice(3), '999999'], house: true })).word).to.equal(
        '404 not-found',
      );
      expect(await list()).to.have.length(3);
    });

    it('go to the house or to one of 50 fans, never to both', async () => {
      const people = await fans(50);
      const [seat] = (await list()).map(({ seatId }) => seatId);
      const [kept, ...holds] = await Promise.all([
        house({ seatIds: [seat], house: true }),
        ...people.map(({ userId }) => hold(userId, [String(seat)])),
      ]);
      const won = holds.filter(({ word }) => word === '201').length;
      expect(won + (kept.word === '200' ? 1 : 0), JSON.stringify(tally(holds))).to.equal(1);
      const [row] = await world.database.rows<{ isHouse: number; live: number }>(
        `SELECT s.status = 'INACTIVE' AS isHouse,
            (SELECT COUNT(*) FROM reservation r WHERE r.live_seat_id = s.seat_id) AS live
          FROM concert_seat s WHERE s.seat_id = ?`,
        [String(seat)],
      );
      expect(row).to.deep.equal({ isHouse: 1 - won, live: won });
    });
  });

  describe('the report', () => {
    it('says what was sold, held, kept and earned, by date and block', async () => {
      await csv(hall);
      const [fan] = await makeAccounts({
        databaseUrl: world.databaseUrl,
        accessTokenKeys: JSON.stringify({ keys: [generatePrivateJwk()] }),
        count: 1,
        points: 1_000,
      });
      const caller = inside(concert.concertId, fan?.userId);
      const seats = (await list()).map(({ seatId }) => seatId);
      const path = `/concerts/${concert.concertId}`;
      const held = await world.call('POST', `${path}/reservations`, {
        body: { scheduleId: concert.scheduleId, seatIds: [seats[0], seats[2], seats[3]] },
        caller,
      });
      const ids = held.body.reservations.map(
        ({ reservationId }: { reservationId: string }) => reservationId,
      );
      const paid = await world.call('POST', `${path}/payments`, {
        body: { reservationIds: ids.slice(0, 2) },
        caller,
      });
      expect(paid.word).to.equal('201');
      await house({ seatIds: [seats[4]], house: true });
      // A new price changes nothing about what was paid.
      await prices({ prices: [{ block: 'VIP', price: 999 }] });

      const report = await world.admin('GET', `/admin/concerts/${concert.concertId}/report`);
      const [vip, r] = report.body.items;
      expect(vip).to.include({ block: 'VIP', total: 2, sold: 1, held: 0, house: 0, revenue: 100 });
      expect(r).to.include({ block: 'R', total: 3, sold: 1, held: 1, house: 1, revenue: 50 });
      expect(report.body.sum).to.deep.equal({ total: 5, sold: 2, held: 1, house: 1, revenue: 150 });

      const refund = await world.call(
        'POST',
        `/payments/${paid.body.payments[0].paymentId}/refund`,
        {
          caller,
        },
      );
      expect(refund.word).to.equal('201');
      const after = await world.admin('GET', `/admin/concerts/${concert.concertId}/report`);
      expect(after.body.sum).to.include({ sold: 1, revenue: 50 });
    });

    it('comes as a CSV file in which no block becomes a formula', async () => {
      await csv('seatNum,price,block\n1,1,"=1+1"\n2,1,"a, ""b"""\n');
      const { type, text } = await file(`/admin/concerts/${concert.concertId}/report.csv`);
      expect(type).to.equal('text/csv; charset=utf-8');
      const [heading, first, second, end] = text.split('\r\n');
      expect(heading).to.equal('concertScheduleId,concertDt,block,total,sold,held,house,revenue');
      expect(first).to.match(/^\d+,[^,]+Z,'=1\+1,1,0,0,0,0$/);
      expect(second).to.match(/^\d+,[^,]+Z,"a, ""b""",1,0,0,0,0$/);
      expect(end).to.equal('');
    });

    it('of a concert that is not there is 404', async () => {
      for (const path of ['report', 'report.csv']) {
        const answer = await world.admin('GET', `/admin/concerts/999999/${path}`);
        expect(answer.word).to.equal('404 not-found');
      }
    });

    function file(target: string): Promise<{ type: string | undefined; text: string }> {
      const call = { audience: 'core-api', method: 'GET', target, body: Buffer.alloc(0) } as const;
      const proof = signAssertion({ keys: world.assertionKeys }, call, {
        ...nobody,
        ...adminCaller,
      });
      return new Promise((resolve, reject) => {
        const options = { headers: { [assertionHeader]: proof } };
        const sent = request(`${world.url}${target}`, options, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ type: response.headers['content-type'], text }));
        });
        sent.on('error', reject).end();
      });
    }
  });

  it('are for owners alone', async () => {
    for (const path of ['csv', 'prices', 'house']) {
      const answer = await world.call('POST', `${concert.at}/seats/${path}`, {
        caller: { userId: '1', role: 'USER' },
        body: {},
      });
      expect(answer.word, path).to.equal('403 forbidden');
    }
    const report = await world.call('GET', `/admin/concerts/${concert.concertId}/report`, {
      caller: { userId: '1', role: 'USER' },
    });
    expect(report.word).to.equal('403 forbidden');
  });
});
