import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { type CoreWorld, inDays, inside, openCoreWorld, type TestConcert } from './core-world.ts';

describe('core: the seat map, and answers that have not changed', () => {
  let world: CoreWorld;
  let concert: TestConcert;
  before(async () => {
    world = await openCoreWorld();
  });
  beforeEach(async () => {
    concert = await world.concert({ seats: 5 });
  });
  after(() => world.close());

  const read = (query = '', ifNoneMatch?: string) => {
    const { concertId, scheduleId } = concert;
    const headers: Record<string, string> = ifNoneMatch ? { 'if-none-match': ifNoneMatch } : {};
    const path = `/concerts/${concertId}/schedules/${scheduleId}/seats${query}`;
    return world.call('GET', path, { caller: inside(concertId), headers });
  };
  const set = (seatNum: number, change: string) =>
    world.database.run(
      `UPDATE concert_seat SET ${change} WHERE concert_schedule_id = ? AND seat_num = ?`,
      [concert.scheduleId, seatNum],
    );
  const sold = "seat_status = 'SOLD'";
  const held = (seconds: number) =>
    `seat_status = 'HELD', held_until = SYSDATE(6) + INTERVAL ${seconds} SECOND`;
  const stateOf = async () => (await read('?view=state')).body;

  it('is one character per seat in the order of the layout', async () => {
    await set(2, sold);
    await set(3, held(60));
    await set(4, held(-1));
    const state = await stateOf();
    expect(state).to.include({ seats: 'ASHAA', layoutVersion: 2 });
    const layout = (await read('?view=layout')).body;
    expect(layout).to.deep.include({ layoutVersion: 2, tiers: [{ block: null, price: 1_000 }] });
    const list = (await read()).body.items;
    expect(layout.seats).to.deep.equal(
      list.map(({ seatId, seatNum }: { seatId: string; seatNum: number }) => [seatId, seatNum, 0]),
    );
  });

  it('tells what changed since a version it has told before', async () => {
    const first = await stateOf();
    await set(1, sold);
    await set(5, held(60));
    const second = await eventually(async () => {
      const state = await stateOf();
      expect(state.version).not.to.equal(first.version);
      return state;
    });
    const { body: changes } = await read(`?view=state&since=${first.version}`);
    expect(changes).to.deep.equal({
      version: second.version,
      layoutVersion: 2,
      since: first.version,
      changes: [
        [0, 'S'],
        [4, 'H'],
      ],
    });
    const none = await read(`?view=state&since=${second.version}`);
    expect(none.body.changes).to.deep.equal([]);
    const unknown = await read('?view=state&since=0123456789abcdef');
    expect(unknown.body).to.deep.equal(second);
  });

  it('shows a hold that ran out as free, although nobody has written anything', async () => {
    await set(1, held(1));
    await eventually(async () => expect((await stateOf()).seats).to.equal('HAAAA'));
    await eventually(async () => expect((await stateOf()).seats).to.equal('AAAAA'));
  });

  it('has another layout after seats were added or a price was changed', async () => {
    const before = await read('?view=layout');
    const seatId = before.body.seats[0][0] as string;
    await world.admin('PATCH', `${concert.at}/seats/${seatId}`, { price: 7 });
    const priced = (await read('?view=layout')).body;
    expect(priced.layoutVersion).to.equal(before.body.layoutVersion + 1);
    expect(priced.tiers).to.deep.equal([
      { block: null, price: 7 },
      { block: null, price: 1_000 },
    ]);
    const seats = [{ seatNum: 9, price: 7, block: 'R' }];
    await world.admin('POST', `${concert.at}/seats`, { seats });
    const added = (await read('?view=layout')).body;
    expect(added.layoutVersion).to.equal(before.body.layoutVersion + 2);
    expect(added.tiers[2]).to.deep.equal({ block: 'R', price: 7 });
    await eventually(async () => {
      const state = await stateOf();
      expect(state).to.include({ layoutVersion: added.layoutVersion, seats: 'AAAAAA' });
    });
  });

  it('lets a layout be kept for ever that was asked for by its version', async () => {
    const cacheOf = async (query: string) => (await read(query)).headers['cache-control'];
    expect(await cacheOf('?view=layout&layoutVersion=2')).to.contain('immutable');
    expect(await cacheOf('?view=layout&layoutVersion=1')).to.equal('no-cache');
    expect(await cacheOf('?view=layout')).to.equal('no-cache');
  });

  for (const [name, query] of [
    ['another view', '?view=map'],
    ['a version that is none', '?view=state&since=abc'],
    ['a layout version that is none', '?view=layout&layoutVersion=x'],
  ]) {
    it(`refuses ${name}`, async () => {
      expect((await read(query)).word).to.equal('400 invalid-request');
    });
  }

  it('of a date that is not offered is 404 in every view', async () => {
    await world.admin('PATCH', concert.at, { status: 'INACTIVE' });
    for (const view of ['list', 'layout', 'state']) {
      expect((await read(`?view=${view}`)).word, view).to.equal('404 not-found');
    }
  });

  it('has 20,000 seats in at most 25 KB', async function () {
    this.timeout(30_000);
    concert = await world.concert({ seats: 20_000 });
    const { body, headers } = await read('?view=state');
    expect(body.seats).to.have.length(20_000);
    expect(Number(headers['content-length'])).to.be.at.most(25 * 1_024);
  });

  it('answers 304 without a body while nothing has changed, else the new one', async () => {
    const { concertId } = concert;
    const paths: [string, () => Promise<unknown>][] = [
      ['/concerts', () => world.concert()],
      [
        `/concerts/${concertId}`,
        () => world.admin('PATCH', `/admin/concerts/${concertId}`, { seatsPerUser: 9 }),
      ],
      [
        `/concerts/${concertId}/schedules`,
        () => world.admin('PATCH', concert.at, { concertDt: inDays(9) }),
      ],
      [`/concerts/${concertId}/schedules/${concert.scheduleId}/seats`, () => set(1, sold)],
      [
        `/concerts/${concertId}/schedules/${concert.scheduleId}/seats?view=state`,
        () => set(2, sold),
      ],
    ];
    for (const [path, change] of paths) {
      const get = (tag?: string) => {
        const headers: Record<string, string> = tag ? { 'if-none-match': tag } : {};
        return world.call('GET', path, { caller: inside(concertId), headers });
      };
      const first = await get();
      const etag = String(first.headers['etag']);
      expect(etag, path).to.match(/^"[\w-]{16}"$/);
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
        const again = await get(tag);
        expect(again.status, `${path} ${tag}`).to.equal(304);
        expect(again.body).to.equal(undefined);
        expect(again.headers['etag']).to.equal(etag);
      }
      await change();
      await eventually(async () => expect((await get(etag)).status, path).to.equal(200));
    }
  });
});
