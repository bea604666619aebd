import { expect } from 'chai';
import { type RecordMinute, recordNames } from '../../shared/contracts/record.ts';
import { type CoreWorld, openCoreWorld } from './core-world.ts';

describe('core: minutes of a room', () => {
  let world: CoreWorld;
  before(async () => {
    world = await openCoreWorld();
  });
  after(() => world.close());

  const zeros = Object.fromEntries(recordNames.map((name) => [name, 0])) as Omit<
    RecordMinute,
    'at' | 'limit' | 'waiting' | 'inside' | 'waits'
  >;
  const minute = (at: string, more: Partial<RecordMinute> = {}): RecordMinute => ({
    at,
    limit: 'rate',
    waiting: 7,
    inside: 3,
    ...zeros,
    waits: [],
    ...more,
  });
  const pathOf = (concertId: string): string => `/internal/rooms/${concertId}/minutes`;
  const save = (concertId: string, items: readonly RecordMinute[]) =>
    world.call('PUT', pathOf(concertId), { body: { items } });
  const read = async (concertId: string) =>
    (await world.call('GET', pathOf(concertId))).body as { items: RecordMinute[]; sold: unknown };

  it('are kept as they were counted, oldest first, and written over by a repetition', async () => {
    const { concertId } = await world.concert();
    const counts = Object.fromEntries(recordNames.map((name, at) => [name, at + 1]));
    const first = minute('2027-01-01T10:00:00.000Z', {
      ...counts,
      waits: [
        [0, 2],
        [14, 9],
      ],
    });
    const second = minute('2027-01-01T10:01:00.000Z', { limit: 'seats' });
    expect((await save(concertId, [second, first])).status).to.equal(204);
    expect((await save(concertId, [{ ...second, left: 4 }])).status).to.equal(204);
    expect(await read(concertId)).to.deep.equal({
      items: [first, { ...second, left: 4 }],
      sold: [],
    });
  });

  it('come with the seats sold in each, by the payments, without those given back', async () => {
    const { concertId, scheduleId } = await world.concert({ seats: 3 });
    const { run } = world.database;
    const { insertId: userId } = await run(
      "INSERT INTO users (user_name, password_hash) VALUES ('buyer', 'none')",
    );
    const pay = async (seatNum: number, paidAt: string, state: 'COMPLETED' | 'REFUNDED') => {
      const confirmed = state === 'COMPLETED' ? 'CONFIRMED' : 'CANCELLED';
      await run(
        `INSERT INTO reservation (user_id, seat_id, concert_id, concert_schedule_id, price,
            reservation_dt, reservation_expire_dt, reservation_status)
          SELECT ?, seat_id, concert_id, concert_schedule_id, price, ?, ?, ?
          FROM concert_seat WHERE concert_schedule_id = ? AND seat_num = ?`,
        [userId, new Date(paidAt), new Date(paidAt), confirmed, scheduleId, seatNum],
      );
      await run(
        `INSERT INTO payment (user_id, reservation_id, amount, payment_status, payment_dt)
          SELECT ?, MAX(reservation_id), 100, ?, ? FROM reservation`,
        [userId, state, new Date(paidAt)],
      );
    };
    await pay(1, '2027-01-01T10:00:05.000Z', 'COMPLETED');
    await pay(2, '2027-01-01T10:00:59.000Z', 'COMPLETED');
    await pay(3, '2027-01-01T10:02:00.000Z', 'REFUNDED');
    expect((await read(concertId)).sold).to.deep.equal([
      { at: '2027-01-01T10:00:00.000Z', seats: 2 },
    ]);
  });

  it('are of a concert that is there, of a time that a table can hold, at most 200 at once', async () => {
    const { concertId } = await world.concert();
    const one = minute('2027-01-01T10:00:00.000Z');
    expect((await save('999999', [one])).word).to.equal('404 not-found');
    expect((await world.call('GET', pathOf('999999'))).word).to.equal('404 not-found');
    const many = Array.from({ length: 201 }, () => one);
    for (const items of [
      [],
      many,
      [{ ...one, at: '1900-01-01T00:00:00.000Z' }],
      [{ ...one, left: -1 }],
    ])
      expect((await save(concertId, items)).word).to.equal('400 invalid-request');
    expect((await read(concertId)).items).to.deep.equal([]);
  });
});
