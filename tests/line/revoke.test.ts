import { expect } from 'chai';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually.ts';
import { testRedisUrl } from '../harness/test-stores.ts';
import { type Gateways, startGateways } from './gateways.ts';

describe('the operator takes back', () => {
  let line: Gateways;
  before(async () => {
    line = await startGateways({ count: 2 });
  });
  after(() => line.close());

  const revoke = (room: string, body: object) =>
    line.admin().call<{ revoked: number }>('POST', `/admin/queue/${room}/revoke`, { body });
  const endOf = async (fan: ReturnType<Gateways['fan']>, room: string) => {
    const answer = await fan.status(room);
    return answer.status === 410 ? answer.body['reason'] : answer.body.status;
  };

  it('one who is inside: the slot goes to the next, the account starts at the tail', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const [inside, waiting, last] = [line.fan(1), line.fan(2, 1), line.fan(3)];
    for (const fan of [inside, waiting, last]) await fan.join(room);
    expect((await revoke(room, { queueId: '1', reason: 'a bot' })).body).to.deep.equal({
      revoked: 1,
    });
    await eventually(async () => expect(await endOf(waiting, room)).to.equal('READY'));
    expect(await endOf(inside, room)).to.equal('revoked');
    const again = await inside.join(room);
    expect([again.status, again.body.queueId]).to.deep.equal([201, '4']);
    expect((await revoke(room, { queueId: '1' })).body, 'again').to.deep.equal({ revoked: 0 });
  });

  it('one who waits or has the turn, for good', async () => {
    const room = line.core.addRoom({ maxActive: 1, graceSeconds: 300 });
    const fans = [1, 2, 3, 4].map((number) => line.fan(number, number % 2));
    for (const fan of fans) await fan.join(room);
    const [first, second, third, fourth] = fans;
    if (!first || !second || !third || !fourth) throw new Error('no fans');
    expect((await revoke(room, { queueId: '3' })).body.revoked).to.equal(1);
    await eventually(async () => expect(await endOf(third, room)).to.equal('revoked'));
    await first.leave(room);
    await eventually(async () => expect(await endOf(second, room)).to.equal('READY'));
    expect((await revoke(room, { queueId: '2' })).body.revoked).to.equal(1);
    expect((await second.activate(room)).status).to.equal(410);
    expect(await endOf(second, room)).to.equal('revoked');
    await eventually(async () => expect(await endOf(fourth, room)).to.equal('READY'));
    expect((await third.join(room)).body.queueId).to.equal('5');
  });

  it('the whole room: no token given so far works anywhere, numbers go on', async () => {
    const room = line.core.addRoom({ maxActive: 2 });
    const fans = [1, 2, 3, 4].map((number) => line.fan(number, number % 2));
    for (const fan of fans) await fan.join(room);
    expect((await revoke(room, {})).body).to.deep.equal({ revoked: 4 });
    for (const fan of fans)
      await eventually(async () => expect(await endOf(fan, room)).to.equal('revoked'));
    const inside = fans[0];
    if (!inside) throw new Error('no fan');
    const read = await inside.call<{ code: string }>('GET', `/concerts/${room}/schedules`);
    expect([read.status, read.body.code]).to.deep.equal([410, 'queue-token-ended']);
    const again = await inside.join(room);
    expect(again.body).to.include({ queueId: '5', status: 'ACTIVE' });
    expect((await inside.status(room)).body).to.include({ status: 'ACTIVE' });
  });

  it('nothing when it is nobody’s to take', async () => {
    const room = line.core.addRoom();
    const fan = line.fan(1);
    const path = `/admin/queue/${room}/revoke`;
    expect((await fan.call('POST', path, { body: {} })).status).to.equal(403);
    expect((await revoke('404404', {})).status).to.equal(404);
    expect((await revoke(room, { queueId: '77' })).body).to.deep.equal({ revoked: 0 });
    expect((await revoke(room, { queueId: 'x' })).status).to.equal(400);
  });

  it('a rate above what the core was seen to struggle with is refused unless forced', async () => {
    const room = line.core.addRoom();
    const redis = new Redis(testRedisUrl());
    await redis.set(`${line.namespace}{line}:capacity`, '40');
    redis.disconnect();
    const put = (body: object) =>
      line.admin().call<{ errors: { path: string }[] }>('PUT', `/admin/queue/${room}`, { body });
    const refused = await put({ admitPerSecond: 41 });
    expect(refused.status).to.equal(400);
    expect(refused.body.errors[0]?.path).to.equal('body.admitPerSecond');
    expect((await put({ admitPerSecond: 40 })).status).to.equal(200);
    expect((await put({ admitPerSecond: 41, force: true })).status).to.equal(200);
    expect((await put({ maxActive: 7 })).status).to.equal(200);
  });
});
