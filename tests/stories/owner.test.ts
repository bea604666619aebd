import { expect } from 'chai';
import request from 'supertest';
import type { Room } from '../../shared/contracts/queue.ts';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack } from '../harness/stack.ts';

describe('story: an owner sets up a sale', () => {
  let stack: Stack;
  let bearer: string;
  before(async () => {
    stack = await startStack();
    bearer = `Bearer ${stack.admin.accessToken}`;
  });
  after(() => stack.close());

  const gateway = () => request(stack.gatewayUrl);
  const concertDt = '2030-05-01T10:00:00.000Z';

  it('is let in by the role, not by the path', async () => {
    const concert = { concertName: 'Mine' };
    const anonymous = await gateway().post('/admin/concerts').send(concert).expect(401);
    expect(anonymous.body).to.include({ code: 'access-token-required' });
    const fan = await stack.fan();
    const refused = await gateway()
      .post('/admin/concerts')
      .set('Authorization', `Bearer ${fan.accessToken}`)
      .send(concert)
      .expect(403)
      .expect('content-type', /application\/problem\+json/);
    expect(refused.body).to.include({ code: 'forbidden' });
  });

  it('makes a concert, a date and its seats, all seats or none', async () => {
    const made = await gateway()
      .post('/admin/concerts')
      .set('Authorization', bearer)
      .send({ concertName: '겨울 콘서트', seatsPerUser: 2 })
      .expect(201);
    const concert = `/admin/concerts/${String(made.body.concertId)}`;
    const date = await gateway()
      .post(`${concert}/schedules`)
      .set('Authorization', bearer)
      .send({ concertDt, totalSeat: 3 })
      .expect(201);
    const seats = `${concert}/schedules/${String(date.body.concertScheduleId)}/seats`;
    const send = (...numbers: number[]) =>
      gateway()
        .post(seats)
        .set('Authorization', bearer)
        .send({ seats: numbers.map((seatNum) => ({ seatNum, price: 1_000 })) });

    const twice = await send(1, 2, 2).expect(400);
    expect(twice.body.errors).to.deep.include({
      path: 'body.seats.2.seatNum',
      message: 'stands in the list twice',
    });
    await send(1, 2).expect(201, { created: 2 });
    const there = await send(3, 2).expect(409);
    expect(there.body).to.deep.include({ code: 'seat-number-taken', seatNums: [2] });
    await send(3).expect(201, { created: 1 });

    const detail = await gateway()
      .get(`/concerts/${String(made.body.concertId)}`)
      .expect(200);
    expect(detail.body).to.include({ concertName: '겨울 콘서트', saleState: 'ON_SALE' });
  });

  it('pauses the room, and everybody who waits is told', async () => {
    const { concertId } = await stack.createConcert({ seats: 2, price: 100 });
    const room = `/admin/queue/${concertId}`;
    const { body: policy } = await gateway().get(room).set('Authorization', bearer).expect(200);
    const put = (version: number) =>
      gateway().put(room).set('Authorization', bearer).send({ version, message: 'Back at eight' });
    await put(policy.version).expect(200);
    const stale = await put(policy.version).expect(409);
    expect(stale.body).to.include({ code: 'version-conflict' });
    await gateway().post(`${room}/pause`).set('Authorization', bearer).expect(200);

    const document = async (): Promise<Room> =>
      (await gateway().get(`/queue/${concertId}`).expect(200)).body as Room;
    await eventually(async () =>
      expect(await document()).to.include({ phase: 'PAUSED', message: 'Back at eight' }),
    );
    const fan = await stack.fan();
    expect((await fan.join(concertId)).body.status).to.equal('WAITING');
    await gateway().post(`${room}/resume`).set('Authorization', bearer).expect(200);
    await eventually(async () => expect((await fan.activate(concertId)).status).to.equal(200));
  });
});
