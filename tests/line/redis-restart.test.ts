import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../scripts/stack/free-port.ts';
import { findRedisBinary } from '../../scripts/stack/redis-server.ts';
import { eventually } from '../harness/eventually.ts';
import { type Gateways, startGateways } from './gateways.ts';

/** A Redis of this test alone, that remembers nothing. */
async function startForgetful(port: number): Promise<ChildProcess> {
  const dirs = (process.env['PATH'] ?? '').split(':');
  const child = spawn(
    findRedisBinary(dirs) ?? 'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const chunk of child.stdout ?? []) if (String(chunk).includes('eady to accept')) break;
  return child;
}

describe('Redis killed and started again with nothing in it, two gateways', () => {
  let line: Gateways;
  let redis: ChildProcess;
  let port: number;
  before(async () => {
    port = await freePort();
    redis = await startForgetful(port);
    const redisUrl = `redis://127.0.0.1:${port}`;
    line = await startGateways({ count: 2, redisUrls: [redisUrl, redisUrl] });
  });
  after(async () => {
    await line.close();
    redis.kill('SIGKILL');
  });

  async function killAndStart(meanwhile: () => Promise<void>): Promise<void> {
    const gone = once(redis, 'exit');
    redis.kill('SIGKILL');
    await gone;
    await meanwhile();
    redis = await startForgetful(port);
  }

  it('answers 503 without it; then every place and slot is as before, and nobody extra is in', async () => {
    const room = line.core.addRoom({ maxActive: 2 });
    const fans = Array.from({ length: 8 }, (_, at) => line.fan(at + 1, at % 2));
    const [first, second, third] = fans;
    if (!first || !second || !third) throw new Error('no fans');
    for (const fan of fans) await fan.join(room);
    await eventually(async () => {
      const { body } = await line.api(1).call('GET', `/queue/${room}`);
      expect(body).to.include({ tail: 8, active: 2 });
    });

    await killAndStart(async () => {
      const refused = await line.fan(50).join(room);
      expect([refused.status, refused.body.code]).to.deep.equal([503, 'unavailable']);
      expect(Number(refused.headers['retry-after'])).to.be.greaterThan(0);
      expect((await third.status(room)).status).to.equal(503);
      const document = await line.api().call('GET', `/queue/${room}`);
      expect(document.status, 'the document is in memory').to.equal(200);
    });

    const late = line.fan(51, 1);
    await eventually(async () => expect((await late.join(room)).status).to.equal(201));
    expect(Number((await late.join(room)).body.queueId)).to.be.greaterThan(8);
    for (const fan of fans.slice(2)) {
      await eventually(async () => {
        const answer = await fan.status(room);
        expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
        expect(answer.body).to.include({ status: 'WAITING', queueId: fan.userId });
      });
    }
    // Who waits is answered from memory; who is inside needs this gateway to have found Redis again.
    await eventually(async () =>
      expect((await first.status(room)).body).to.include({ status: 'ACTIVE', queueId: '1' }),
    );
    await first.leave(room);
    await eventually(async () => expect((await third.status(room)).body.status).to.equal('READY'));
    expect((await second.status(room)).body).to.include({ status: 'ACTIVE', queueId: '2' });
    expect((await late.status(room)).body).to.include({ status: 'WAITING' });
    await eventually(async () => {
      const { body } = await line.api().call<{ active: number }>('GET', `/queue/${room}`);
      expect(body.active).to.equal(2);
    });
  });

  it('killed twice in a row: only who is there counts, and their turns come', async () => {
    const room = line.core.addRoom({ maxActive: 1 });
    const fans = Array.from({ length: 4 }, (_, at) => line.fan(at + 101, at % 2));
    const joined = async (fan: (typeof fans)[number]): Promise<void> =>
      eventually(async () => {
        expect((await fan.join(room)).status).to.be.oneOf([200, 201]);
      });
    const bothKnow = (wanted: { tail: number; active: number; waiting: number }): Promise<void> =>
      eventually(
        async () => {
          for (const api of [line.api(0), line.api(1)]) {
            expect((await api.call('GET', `/queue/${room}`)).body).to.include(wanted);
          }
        },
        { deadlineMs: 15_000 },
      );
    for (const fan of fans.slice(0, 3)) await joined(fan);
    await bothKnow({ tail: 3, active: 1, waiting: 2 });
    const [first, second, third, late] = fans;
    if (!first || !second || !third || !late) throw new Error('no fans');

    await killAndStart(async () => undefined);
    await joined(late);
    await eventually(async () =>
      expect((await first.status(room)).body).to.include({ status: 'ACTIVE' }),
    );
    await bothKnow({ tail: 1_004, active: 1, waiting: 3 });
    await killAndStart(async () => undefined);

    await eventually(async () =>
      expect((await first.status(room)).body).to.include({ status: 'ACTIVE' }),
    );
    await bothKnow({ tail: 2_004, active: 1, waiting: 3 });
    for (const [leaving, next] of [
      [first, second],
      [second, third],
      [third, late],
    ] as const) {
      await leaving.leave(room);
      await eventually(async () => expect((await next.status(room)).body.status).to.equal('READY'));
    }
  });
});
