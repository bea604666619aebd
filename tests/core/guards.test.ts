import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import {
  openSaleWorld,
  reservationIds,
  type SaleWorld,
  tally,
  times,
  type WorldOptions,
} from './sale-world.ts';

/**
 * What each guard in the database is for: the same race, with the guard and without it. Locks are
 * off, so that nothing stands in front.
 */
describe('core: guards of the database', () => {
  /** One process never works on one seat or account twice at a time, so each race needs several. */
  let worlds: SaleWorld[] = [];
  const open = async (options: WorldOptions = {}, dropped: readonly string[] = []) => {
    const first = await openSaleWorld({ locks: 'off', ...options });
    worlds.push(first);
    for (const sql of dropped) await first.database.sequelize.query(sql);
    for (let more = 0; more < 2; more += 1) {
      worlds.push(await openSaleWorld({ locks: 'off', ...options, beside: first }));
    }
    return first;
  };
  const by = (index: number): SaleWorld => worlds[index % worlds.length] as SaleWorld;
  const closeAll = async (): Promise<void> => {
    for (const world of worlds.reverse()) await world.close();
    worlds = [];
  };
  afterEach(closeAll);

  const dropLiveSeat = 'ALTER TABLE reservation DROP INDEX uq_reservation_live_seat';
  const takeAnySeat = (sql: string) =>
    /^UPDATE concert_seat.*SET seat_status = 'HELD'/s.test(sql)
      ? sql.replace(/ AND status = 'ACTIVE' AND \(seat_status.*$/s, '')
      : sql;

  const oneSeatRace = async (here: SaleWorld) => {
    const date = await here.date({ seats: 1 });
    // Everybody has looked before anybody has bought.
    const users = await here.users(60);
    const outcomes = await Promise.all(users.map((id, i) => by(i).hold(id, date, date.seatIds)));
    return { winners: tally(outcomes)['201'], checks: await violated(here) };
  };
  const violated = async (here: SaleWorld) =>
    ((await here.violations()) as { check: string }[]).map(({ check }) => check);

  it('a seat is taken once by the condition of its UPDATE alone', async () => {
    const here = await open({}, [dropLiveSeat]);
    expect(await oneSeatRace(here)).to.deep.equal({ winners: 1, checks: [] });
  });

  it('a seat is taken once by UNIQUE (live_seat_id) alone', async () => {
    const here = await open({ rewrite: takeAnySeat });
    expect((await oneSeatRace(here)).winners).to.equal(1);
  });

  it('a seat is sold many times without both', async () => {
    const here = await open({ rewrite: takeAnySeat }, [dropLiveSeat]);
    // Who comes after the first COMMIT is told by what was read; sooner or later two are before it.
    let most = 0;
    for (let race = 0; race < 8 && most < 2; race += 1)
      most = Math.max(most, (await oneSeatRace(here)).winners ?? 0);
    expect(most).to.be.greaterThan(1);
    expect(await violated(here)).to.include('seat-two-live-reservations');
  });

  it('the limit of an account is passed without the lock on its row', async () => {
    const rewrite = (sql: string) =>
      sql.includes('FROM users') ? sql.replace('FOR UPDATE', '') : sql;
    // Two transactions run at once: with a limit of one, two that count before either has written
    // pass it. Without the lock that happens sooner or later, with it never.
    const isPassed = async (options: WorldOptions): Promise<boolean> => {
      const here = await open(options);
      try {
        for (let race = 0; race < 8; race += 1) {
          const date = await here.date({ seats: 60, seatsPerUser: 1 });
          const [user] = await here.users(1);
          const outcomes = await Promise.all(
            date.seatIds.map((seatId, i) => by(i).hold(String(user), date, [seatId])),
          );
          if (tally(outcomes)['201'] !== 1) return true;
        }
        return false;
      } finally {
        await closeAll();
      }
    };
    expect(await isPassed({}), 'with the lock').to.equal(false);
    expect(await isPassed({ rewrite }), 'without it').to.equal(true);
  });

  it('a balance is spent twice without row lock, version and UNIQUE (point_id, seq)', async () => {
    const broken = (sql: string) =>
      sql
        .replace(/(FROM users u STRAIGHT_JOIN.*)FOR UPDATE/s, '$1')
        .replace(
          /SET point = point \+ \?, version = version \+ \?\s+WHERE .*$/s,
          'SET point = point + ?, version = version + ? WHERE point_id = ? AND ? >= 0 AND ? <= 0',
        );
    const here = await open({ rewrite: broken }, [
      'ALTER TABLE point_history ADD KEY ix_point (point_id), DROP INDEX uq_history_seq',
    ]);
    const date = await here.date({ seats: 50, price: 100, seatsPerUser: 50 });
    const [user] = await here.users(1, { points: 5_000 });
    const held = await here.hold(String(user), date, date.seatIds);
    await Promise.all(reservationIds(held).map((id, i) => by(i).pay(String(user), date, [id])));
    expect(await violated(here)).to.include('history-chain-broken');
  });

  describe('a hold that runs out while its payment waits for a row', () => {
    /** The seat's row is asked by the frozen clock, the reservation's not at all. */
    const now = (sql: string) =>
      sql
        .replaceAll('SYSDATE(6)', 'NOW(6)')
        .replace(/(SET reservation_status = 'CONFIRMED'.*) AND reservation_expire_dt.*$/s, '$1');

    const payLate = async (here: SaleWorld) => {
      const date = await here.date({ seats: 1, price: 10 });
      const [user] = await here.users(1, { points: 10 });
      const held = await here.hold(String(user), date, date.seatIds);
      const until = 'SYSDATE(6) + INTERVAL 1 SECOND';
      await here.database.run(`UPDATE concert_seat SET held_until = ${until}`);
      await here.database.run(
        'UPDATE reservation r JOIN concert_seat s USING (seat_id) SET r.reservation_expire_dt = s.held_until',
      );
      let paying: Promise<{ word: string }> | undefined;
      await here.database.transaction(async (tx) => {
        await tx.rows(
          'SELECT seat_id FROM concert_seat WHERE seat_id = ? FOR UPDATE',
          date.seatIds,
        );
        paying = here.pay(String(user), date, reservationIds(held));
        await eventually(async () => {
          const [row] = await here.sql<{ isOver: number }>(
            'SELECT held_until < SYSDATE(6) AS isOver FROM concert_seat',
          );
          expect(row?.isOver).to.equal(1);
        });
      });
      return (await paying)?.word;
    };

    it('is refused by SYSDATE(6)', async () => {
      expect(await payLate(await open())).to.equal('409 hold-expired');
    });

    it('would be accepted by NOW(6), which stands still while a statement waits', async () => {
      expect(await payLate(await open({ rewrite: now }))).to.equal('201');
    });
  });

  it('a row of the ledger is neither changed nor taken away, whoever asks', async () => {
    const here = await open();
    const [user] = await here.users(1);
    await here.charge(String(user), 70);
    for (const sql of [
      'UPDATE point_history SET amount = amount + 1',
      'UPDATE point_history SET status = status',
      'DELETE FROM point_history',
    ]) {
      const refusal = await here.database.sequelize.query(sql).catch(String);
      expect(refusal, sql).to.include('point history is only ever added to');
    }
    expect(await violated(here)).to.deep.equal([]);
  });

  it('an account in use is not starved: 60 calls of one and 60 of others all end', async () => {
    const here = await open({ poolMax: 5 });
    const [busy, ...others] = await here.users(61);
    const outcomes = await Promise.all([
      ...times(60, () => here.charge(String(busy), 1)),
      ...others.map((id) => here.charge(id, 1)),
    ]);
    expect(tally(outcomes)).to.deep.equal({ '201': 120 });
  });
});
