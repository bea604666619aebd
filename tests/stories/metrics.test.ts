import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createCoreMetrics } from '../../core-api/metrics/core-metrics.ts';
import { createGatewayMetrics } from '../../queue-gateway/metrics/gateway-metrics.ts';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack } from '../harness/stack.ts';

const token = 'a-token-for-prometheus';

/** `line_waiting{room="7"}` -> its value; labels in the order they are written. */
type Series = ReadonlyMap<string, number>;

function parse(text: string): Series {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line): [string, number] => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

const ask = (url: string, authorization?: string): Promise<Response> =>
  fetch(`${url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });

async function read(url: string): Promise<Series> {
  const answer = await ask(url, `Bearer ${token}`);
  const text = await answer.text();
  expect(answer.status, text).to.equal(200);
  expect(answer.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
  return parse(text);
}

describe('story: what Prometheus sees of a sale', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ env: { METRICS_TOKEN: token } });
  });
  after(() => stack.close());

  it('nobody else sees it, at the gateway or the core', async () => {
    for (const url of [stack.gatewayUrl, stack.coreUrl]) {
      for (const header of [undefined, 'Bearer wrong', `Basic ${token}`, 'Bearer ']) {
        const answer = await ask(url, header);
        expect(answer.status, `${url} ${header}`).to.equal(401);
        expect(await answer.text()).not.to.include('_total');
      }
    }
    const { admin } = stack;
    expect((await ask(stack.gatewayUrl, `Bearer ${admin.accessToken}`)).status).to.equal(401);
  });

  it('the line: who waits, who is inside, what binds, how they came and went', async () => {
    const { concertId: room } = await stack.createConcert({
      seats: 9,
      price: 1_000,
      policy: { maxActive: 1 },
    });
    const [first, second, third] = await stack.fans(3);
    if (!first || !second || !third) throw new Error('no fans');
    for (const fan of [first, second, third, third]) await fan.join(room);
    await first.call('GET', `/concerts/${room}/schedules`);
    await eventually(async () => {
      const series = await read(stack.gatewayUrl);
      const seen = (name: string, labels = '') => series.get(`${name}{room="${room}"${labels}}`);
      expect(seen('line_waiting')).to.equal(2);
      expect(seen('line_active')).to.equal(1);
      expect(seen('line_ready')).to.equal(0);
      expect(seen('line_leases')).to.equal(1);
      expect(seen('line_front')).to.equal(1);
      expect(seen('line_tail')).to.equal(3);
      expect(seen('line_admissions_total')).to.equal(1);
      expect(seen('line_arrivals_total')).to.equal(1);
      expect(seen('line_passed_total')).to.equal(0);
      expect(seen('line_limit', ',limit="slots"')).to.equal(1);
      expect(seen('line_joins_total', ',outcome="new"')).to.equal(3);
      expect(seen('line_joins_total', ',outcome="same"')).to.equal(1);
      expect(seen('line_wait_seconds_count')).to.equal(1);
      expect(series.get('gateway_forward_seconds_count{method="GET",status="2xx"}')).to.be.above(0);
      expect(series.get('nodejs_eventloop_lag_p99_seconds')).to.be.a('number');
    });

    await second.leave(room);
    await first.leave(room);
    await eventually(async () => expect((await third.status(room)).body.status).to.equal('READY'));
    await third.activate(room);
    await first.call('GET', `/concerts/${room}/schedules`);
    await eventually(async () => {
      const series = await read(stack.gatewayUrl);
      expect(series.get(`line_ended_total{room="${room}",reason="left"}`)).to.equal(1);
      expect(series.get(`line_passed_total{room="${room}"}`), 'who left while waiting').to.equal(1);
      expect(series.get(`line_wait_seconds_count{room="${room}"}`)).to.equal(2);
      expect(series.get('gateway_problems_total{code="queue-token-ended"}')).to.be.above(0);
    });
  });

  it('ticks cost Redis the same, however many wait', async () => {
    const { concertId: room } = await stack.createConcert({
      seats: 1,
      price: 1_000,
      policy: { maxActive: 1 },
    });
    const fans = await stack.fans(40);
    await Promise.all(fans.map((fan) => fan.join(room)));
    const before = await read(stack.gatewayUrl);
    await eventually(async () => {
      const after = await read(stack.gatewayUrl);
      const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
      expect(grown('line_ticks_total')).to.be.above(8);
      // A tick, its share of the leader's lease, and two when there is news.
      expect(grown('line_tick_redis_calls_total') / grown('line_ticks_total')).to.be.below(5);
    });
  });

  it('the core: calls by code, who holds, who acts, what was delivered', async () => {
    const { concertId, scheduleId, seatIds } = await stack.createConcert({ seats: 2, price: 100 });
    const [holder, other] = await stack.fansInside(concertId, 2, { points: 1_000 });
    if (!holder || !other) throw new Error('no fans');
    const [seat = '', second = ''] = seatIds;
    expect((await holder.hold(concertId, { scheduleId, seatIds: [seat] })).status).to.equal(201);
    expect((await other.hold(concertId, { scheduleId, seatIds: [seat] })).status).to.equal(409);
    const held = await other.hold(concertId, { scheduleId, seatIds: [second] });
    const ids = held.body.reservations.map(({ reservationId }) => reservationId);
    expect((await other.pay(concertId, ids)).status).to.equal(201);
    await eventually(async () => {
      const series = await read(stack.coreUrl);
      const answers = (endpoint: string, code: string) =>
        series.get(`core_answers_total{endpoint="${endpoint}",code="${code}"}`);
      expect(answers('createReservations', 'ok')).to.equal(2);
      expect(answers('createReservations', 'seat-taken')).to.equal(1);
      expect(answers('createPayments', 'ok')).to.equal(1);
      expect(series.get('core_request_seconds_count{endpoint="createPayments"}')).to.equal(1);
      expect(series.get(`core_people_holding{room="${concertId}"}`)).to.equal(1);
      expect(series.get(`core_people_acting{room="${concertId}"}`)).to.equal(2);
      expect(series.get('core_events_delivered_total{type="payment.completed"}')).to.equal(1);
      for (const name of ['outbox_waiting', 'outbox_parked', 'holds_overdue', 'outbox_lag_seconds'])
        expect(series.get(`core_${name}`), name).to.equal(0);
      expect(series.get('core_pool_wait_seconds')).to.be.a('number');
    });
  });
});

describe('metrics without a token', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack.close());

  it('are nowhere', async () => {
    for (const url of [stack.gatewayUrl, stack.coreUrl])
      for (const header of [undefined, 'Bearer ', 'Bearer undefined', `Bearer ${token}`])
        expect((await ask(url, header)).status, `${url} ${header}`).to.equal(404);
  });
});

describe('docs/metrics.md', () => {
  const file = (name: string) =>
    readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  const registries = [createGatewayMetrics().registry, createCoreMetrics().registry];
  const kept = registries.flatMap((registry) =>
    registry.getMetricsAsArray().map(({ name }) => name),
  );

  it('has every metric there is, and no other', () => {
    const told = [...file('metrics.md').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name);
    expect(told).to.have.members(kept);
  });

  for (const name of ['metrics/alerts.yml', 'metrics/dashboard.json']) {
    it(`${name} asks only for metrics that are there`, () => {
      const asked = [...file(name).matchAll(/\b((?:line|gateway|core)_[a-z_]+)/g)].map(([, one]) =>
        String(one).replace(/_(bucket|count|sum)$/, ''),
      );
      expect(asked.length).to.be.above(8);
      expect(asked.filter((one) => !kept.includes(one))).to.deep.equal([]);
    });
  }
});
