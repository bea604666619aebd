import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Agent } from 'undici';
import { planLoad } from '../plan.ts';
import { createKnee } from './knee.ts';
import { createNativeIo, preciseNowMs } from './native-io.ts';
import { createTally, sumTallies } from './tally.ts';

describe('the native driver', () => {
  let server: Server;
  let dispatcher: Agent;
  before(async () => {
    server = createServer((_request, response) => void response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    dispatcher = new Agent();
  });
  after(async () => {
    await dispatcher.close();
    server.close();
    await once(server, 'close');
  });

  const lateMs = 120;
  /** What else a thread does when it is too busy. */
  function beBusy(): void {
    const until = preciseNowMs() + lateMs;
    while (preciseNowMs() < until) continue;
  }
  function fan(dueAtMs: number) {
    const tally = createTally();
    const gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const io = createNativeIo({ gatewayUrl, dispatcher, tally, dueAtMs });
    const call = () => io.call('status', { method: 'GET', path: '/', expected: [200] });
    const slowestMs = () => sumTallies([tally.record()]).calls.status?.maxMs ?? 0;
    return { io, call, slowestMs };
  }

  it('measures a first call from the moment the fan was due, not from when it was started', async () => {
    const { call, slowestMs } = fan(preciseNowMs() - lateMs);
    await call();
    expect(slowestMs()).to.be.at.least(lateMs);
  });

  it('measures a call after a pause from the end of the pause', async () => {
    const { io, call, slowestMs } = fan(preciseNowMs());
    const waited = io.waitMs(1);
    beBusy();
    await waited;
    await call();
    // A pause is over within a millisecond of what was asked for.
    expect(slowestMs()).to.be.at.least(lateMs - 2);
  });
});

describe('the knee of a breakpoint', () => {
  const plan = planLoad('breakpoint', { RATE: '1000', SECONDS: '10', JOIN_P99_MS: '10' });
  function knee(joinMs: number) {
    const tally = createTally();
    for (let at = 0; at < 100; at += 1) tally.time('call_join', joinMs);
    const over = new Int32Array(new SharedArrayBuffer(4));
    return { over, tally, ...createKnee(plan, { tally, over, threads: 2 }) };
  }

  it('is there as soon as joins are late, for every thread', () => {
    const { isReached, over, tally } = knee(11);
    expect(isReached(2_999, 1)).to.equal(false);
    expect(isReached(3_000, 1)).to.equal(true);
    expect(over[0]).to.equal(1);
    const other = createKnee(plan, { tally: createTally(), over, threads: 2 });
    expect(other.isReached(0, 0)).to.equal(true);
    expect(sumTallies([tally.record()]).gauges.offered_per_second).to.equal(335);
  });

  it('is not there while joins are in time, but when fans pile up', () => {
    const { isReached } = knee(9);
    expect(isReached(3_000, 1)).to.equal(false);
    expect(isReached(3_001, 1_000)).to.equal(false);
    isReached(3_002, 1_001);
    expect(isReached(3_003, 1)).to.equal(true);
  });
});
