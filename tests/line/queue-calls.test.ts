import { expect } from 'chai';
import { eventually } from '../harness/eventually.ts';
import { type Gateways, startGateways } from './gateways.ts';

describe('the calls of the line', () => {
  let line: Gateways;
  before(async () => {
    line = await startGateways({ count: 2 });
  });
  after(() => line.close());

  it('admit at once when nobody waits, and give the same active token again', async () => {
    const room = line.core.addRoom();
    const fan = line.fan(1);
    const first = await fan.join(room);
    expect(first.status, JSON.stringify(first.body)).to.equal(201);
    expect(first.body).to.include({ status: 'ACTIVE', queueId: '1', position: 0, ahead: 0 });
    const again = await line.fan(1, 1).join(room);
    expect([again.status, again.body.token]).to.deep.equal([200, first.body.token]);
    const activated = await fan.activate(room);
    expect(activated.body.token).to.equal(first.body.token);
    expect((await fan.status(room)).body).to.include({ status: 'ACTIVE', queueId: '1' });
  });

  it('let people wait in order, and the next one in when somebody leaves', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const [first, second, third] = [line.fan(1), line.fan(2, 1), line.fan(3)];
    await first.join(room);
    expect((await second.join(room)).body).to.include({
      status: 'WAITING',
      queueId: '2',
      position: 1,
      ahead: 0,
    });
    expect((await third.join(room)).body).to.include({ queueId: '3', position: 2, ahead: 1 });
    const early = await second.activate(room);
    expect([early.status, early.body.code]).to.deep.equal([409, 'not-your-turn']);
    expect((await first.leave(room)).status).to.equal(204);
    await eventually(async () => {
      const status = await second.status(room);
      expect(status.body, JSON.stringify(status.body)).to.include({ status: 'READY', position: 0 });
    });
    const active = await second.activate(room);
    expect(active.status, JSON.stringify(active.body)).to.equal(200);
    expect(active.body.status).to.equal('ACTIVE');
    expect((await third.status(room)).body).to.include({ position: 1, ahead: 0 });
  });

  it('give more time for a turn once, and only when it has come', async () => {
    const room = line.core.addRoom({ maxActive: 1, claimSeconds: 60 });
    const [first, second] = [line.fan(1), line.fan(2)];
    await first.join(room);
    await second.join(room);
    const early = await second.extend(room);
    expect([early.status, early.body.code, early.body.position]).to.deep.equal([
      409,
      'not-your-turn',
      1,
    ]);
    await first.leave(room);
    await eventually(async () => {
      const { body } = await second.status(room);
      expect(body, JSON.stringify(body)).to.include({ status: 'READY', canExtend: true });
    });
    const more = await second.extend(room);
    expect(more.status, JSON.stringify(more.body)).to.equal(200);
    expect(more.body).to.include({ status: 'READY', canExtend: false });
    expect(Date.parse(more.body.expiresAt) - Date.now()).to.be.greaterThan(60_000);
    expect((await second.extend(room)).body.expiresAt).to.equal(more.body.expiresAt);
    const again = await line.fan(2, 1).join(room);
    expect(again.body, 'another device').to.include({ status: 'READY', canExtend: false });
    await second.activate(room);
    expect((await second.extend(room)).body).to.include({ status: 'ACTIVE' });
  });

  it('end a token everywhere when its holder leaves, and say why', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const [inside, waiting] = [line.fan(1), line.fan(2)];
    await inside.join(room);
    await waiting.join(room);
    const token = waiting.queueToken;
    expect((await waiting.leave(room)).status).to.equal(204);
    expect((await waiting.leave(room)).status, 'repeated').to.equal(204);
    for (const at of [0, 1]) {
      const other = line.fan(2, at);
      other.queueToken = token;
      await eventually(async () => {
        const answer = await other.status(room);
        expect([answer.status, answer.body.code, answer.body['reason']]).to.deep.equal([
          410,
          'queue-token-ended',
          'left',
        ]);
      });
    }
    expect((await inside.leave(room)).status).to.equal(204);
    await eventually(async () => {
      const answer = await inside.call<{ code: string }>('GET', `/concerts/${room}/schedules`);
      expect([answer.status, answer.body.code]).to.deep.equal([410, 'queue-token-ended']);
    });
  });

  it('free the slot with the payment and admit the next one', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const [buyer, next] = [line.fan(1), line.fan(2)];
    await buyer.join(room);
    await next.join(room);
    const event = {
      type: 'payment.completed' as const,
      eventId: '1',
      concertId: room,
      occurredAt: new Date().toISOString(),
      userId: '1',
      entryId: '1',
      paymentIds: ['1'],
      reservationIds: ['1'],
      amount: 1,
      holdsLeft: 0,
    };
    expect(await line.deliver([event], 1)).to.equal(204);
    await eventually(async () => expect((await next.status(room)).body.status).to.equal('READY'));
    const answer = await buyer.status(room);
    expect([answer.status, answer.body['reason']]).to.deep.equal([410, 'completed']);
    expect(await line.deliver([event, event]), 'again').to.equal(204);
  });

  it('answer 404 for a concert that is not there, 503 for a closed or full room', async () => {
    const nowhere = await line.fan(1).join('999');
    expect([nowhere.status, nowhere.body.code]).to.deep.equal([404, 'not-found']);
    const closed = await line.fan(1).join(line.core.addRoom({ control: 'CLOSED' }));
    expect([closed.status, closed.body.code]).to.deep.equal([503, 'room-closed']);
    expect(Number(closed.headers['retry-after'])).to.be.greaterThan(0);
    const room = line.core.addRoom({ maxActive: 0, maxWaiting: 1 });
    await line.fan(1).join(room);
    const full = await line.fan(2).join(room);
    expect([full.status, full.body.code]).to.deep.equal([503, 'room-full']);
  });

  it('serve one document to everybody, the same bytes from every gateway', async () => {
    const room = line.core.addRoom({ maxActive: 1, message: 'hello' });
    await line.fan(1).join(room);
    await line.fan(2).join(room);
    await eventually(async () => {
      const [a, b] = await Promise.all(
        [0, 1].map((at) => line.api(at).call<object>('GET', `/queue/${room}`)),
      );
      expect(a?.body).to.include({
        concertId: room,
        phase: 'OPEN',
        front: 1,
        tail: 2,
        waiting: 1,
        active: 1,
        message: 'hello',
      });
      expect(b?.headers['etag']).to.equal(a?.headers['etag']);
    });
    const answer = await line.api().call('GET', `/queue/${room}`);
    expect(answer.headers['cache-control']).to.equal('public, max-age=1');
    const headers = { 'if-none-match': String(answer.headers['etag']) };
    expect((await line.api(1).call('GET', `/queue/${room}`, { headers })).status).to.equal(304);
  });

  it('put the operator in charge: policy, version, cords, at once on every gateway', async () => {
    const room = line.core.addRoom({ maxActive: 0 });
    const admin = line.admin();
    const waiting = line.fan(1, 1);
    await waiting.join(room);
    const before = await admin.call<{ version: number }>('GET', `/admin/queue/${room}`);
    expect(before.body).to.include({ version: 1, maxActive: 0, control: 'OPEN' });
    const changed = await admin.call('PUT', `/admin/queue/${room}`, {
      body: { version: 1, maxActive: 5 },
    });
    expect([changed.status, changed.body]).to.have.nested.property('[1].maxActive', 5);
    const stale = await admin.call<{ code: string }>('PUT', `/admin/queue/${room}`, {
      body: { version: 1, maxActive: 6 },
    });
    expect([stale.status, stale.body.code]).to.deep.equal([409, 'version-conflict']);
    await eventually(async () => {
      expect((await waiting.status(room)).body.status).to.equal('READY');
    });
    expect((await admin.call('POST', `/admin/queue/${room}/pause`)).status).to.equal(200);
    await eventually(async () => {
      const document = await line.api(1).call('GET', `/queue/${room}`);
      expect(document.body).to.include({ phase: 'PAUSED' });
    });
    expect((await line.fan(2, 1).join(room)).body.status).to.equal('WAITING');
    await admin.call('POST', `/admin/queue/${room}/close`);
    expect((await line.fan(3, 1).join(room)).body.code).to.equal('room-closed');
    const forbidden = await line.fan(1).call('GET', `/admin/queue/${room}`);
    expect(forbidden.status).to.equal(403);
  });

  it('go on with the last known policy while the core is away', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    await line.fan(1).join(room);
    line.core.away = true;
    try {
      expect((await line.fan(2, 0).join(room)).body.status).to.equal('WAITING');
      expect((await line.fan(3, 1).join(room)).body.status).to.equal('WAITING');
    } finally {
      line.core.away = false;
    }
  });

  it('follow the seats: nobody is admitted without one, and the document says so', async () => {
    const room = line.core.addRoom();
    const seats = { concertId: room, total: 2, held: 1, sold: 1, sellable: 0 };
    line.core.inventories.set(room, seats);
    await eventually(async () => {
      const { body } = await line.api().call('GET', `/queue/${room}`);
      expect(body).to.include({ phase: 'SOLD_OUT_LIKELY', seatsLeft: 0 });
    });
    const fan = line.fan(1);
    expect((await fan.join(room)).body.status).to.equal('WAITING');
    line.core.inventories.set(room, { ...seats, held: 0, sellable: 1 });
    await eventually(async () => expect((await fan.status(room)).body.status).to.equal('READY'));
    line.core.inventories.set(room, { ...seats, held: 0, sold: 2 });
    await eventually(async () => {
      const { body } = await line.api().call('GET', `/queue/${room}`);
      expect(body).to.include({ phase: 'SOLD_OUT', seatsLeft: 0 });
      expect((await line.fan(2, 1).join(room)).body.code).to.equal('room-closed');
    });
  });

  it('let those who wait go when every seat is sold, and keep their place should one come back', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const seats = { concertId: room, total: 1, held: 0, sold: 1, sellable: 0 };
    const [inside, waiting] = [line.fan(1), line.fan(2)];
    await inside.join(room);
    await waiting.join(room);
    line.core.inventories.set(room, seats);
    await eventually(async () => {
      const answer = await waiting.status(room);
      expect([answer.status, answer.body['reason']]).to.deep.equal([410, 'sold-out']);
    });
    line.core.inventories.set(room, { ...seats, sold: 0, sellable: 1 });
    await eventually(async () => {
      const again = await waiting.join(room);
      expect([again.status, again.body.queueId]).to.deep.equal([200, '2']);
    });
  });

  it('slow down while the core is under pressure, say so, and recover', async () => {
    const room = line.core.addRoom({ maxActive: 0 });
    await line.fan(1).join(room);
    const { load } = line.core;
    line.core.load = { ...load, p95Ms: 60_000 };
    await line.admin().call('PUT', `/admin/queue/${room}`, {
      body: { maxActive: 100, admitPerSecond: 0.000_1 },
    });
    await line.fan(2).join(room);
    await line.fan(3).join(room);
    const limitIs = (limit: string) => async () => {
      const { body } = await line.api().call('GET', `/queue/${room}`);
      expect(body).to.include({ limit, phase: 'OPEN' });
    };
    await eventually(limitIs('pressure'));
    line.core.load = load;
    await eventually(limitIs('rate'), { deadlineMs: 20_000 });
  }).timeout(30_000);
});

describe('asking too often', () => {
  let line: Gateways;
  before(async () => {
    line = await startGateways({ env: { RATE_LIMITS: 'on' } });
  });
  after(() => line.close());

  it('is refused with the time to come back; the first question may come at once', async () => {
    const room = line.core.addRoom({ maxActive: 0 });
    const fan = line.fan(1);
    const joined = await fan.join(room);
    expect(joined.body.pollAfterMs).to.be.within(3_000, 3_900);
    expect((await fan.status(room)).status).to.equal(200);
    const early = await fan.status(room);
    expect([early.status, early.body.code]).to.deep.equal([429, 'too-many-requests']);
    expect(Number(early.headers['retry-after'])).to.be.within(1, 2);
    await eventually(async () => expect((await fan.status(room)).status).to.equal(200));
  });
});
