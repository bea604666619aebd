import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { limitRules, pauseSeconds } from '../../queue-gateway/limits/limit-rules.ts';
import { createLimits } from '../../queue-gateway/limits/limit-service.ts';
import type { LimitStore } from '../../queue-gateway/limits/limit-store.ts';
import { createOwnCounter } from '../../queue-gateway/limits/own-counter.ts';
import { createPayments } from '../../shared/contracts/payments.ts';
import { chargePoint } from '../../shared/contracts/points.ts';
import { createReservations } from '../../shared/contracts/reservations.ts';
import { Problem } from '../../shared/problems.ts';
import { eventually } from '../harness/eventually.ts';
import { type FreshNamespace, freshNamespace } from '../harness/fresh-namespace.ts';
import { type Answer, call } from './call.ts';
import { type Edge, startEdge } from './edge.ts';
import { rawRequest } from './raw.ts';
import { answerJson } from './recorder.ts';

const countBy = (answers: Answer[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('limits', () => {
  let namespace: FreshNamespace;
  let edge: Edge;
  const env = () => ({
    NODE_ENV: 'production',
    RATE_LIMITS: 'on',
    REDIS_URL: namespace.redisUrl,
    REDIS_NAMESPACE: namespace.namespace,
    TRUSTED_PROXIES: '127.0.0.1',
  });
  beforeEach(async () => {
    namespace = freshNamespace();
    edge = await startEdge(env());
  });
  afterEach(async () => {
    await edge.close();
    await namespace.clear();
  });

  const charge = (on: Edge, userId: string) =>
    call(`${on.url}/points/charges`, {
      method: 'POST',
      headers: { authorization: `Bearer ${on.accessToken(userId)}` },
      body: { amount: 1 },
    });

  it('let exactly as many calls of an account through as they say, over two gateways', async () => {
    const second = await startEdge(env());
    try {
      const answers = await Promise.all(
        Array.from({ length: 400 }, (_, i) => charge(i % 2 === 0 ? edge : second, '7')),
      );
      expect(countBy(answers)).to.deep.equal({ 200: 300, 429: 100 });
      expect(edge.core.requests.length + second.core.requests.length).to.equal(300);
      const refused = answers.find(({ status }) => status === 429);
      expect(refused?.json.code).to.equal('too-many-requests');
      expect(Number(refused?.headers['retry-after'])).to.be.within(1, 60);
      expect(refused?.headers).to.include({
        'ratelimit-limit': '300',
        'ratelimit-remaining': '0',
        'ratelimit-policy': '300;w=60',
      });
      expect((await charge(edge, '8')).status, 'another account').to.equal(200);
    } finally {
      await second.close();
    }
  });

  it('tell everybody who is counted how much is left, on forwarded answers too', async () => {
    const { headers } = await charge(edge, '7');
    expect(headers).to.include({ 'ratelimit-limit': '300', 'ratelimit-remaining': '299' });
    expect(Number(headers['ratelimit-reset'])).to.be.within(1, 60);
    expect((await call(`${edge.url}/concerts`)).headers).not.to.have.property('ratelimit-limit');
  });

  it('count a caller behind a proxy by its own address, and one behind none by the peer', async () => {
    const register = (address: string) =>
      call(`${edge.url}/auth/register`, {
        method: 'POST',
        headers: { 'x-forwarded-for': `9.9.9.9, ${address}` },
        body: { userName: 'somebody', password: 'long enough' },
      });
    expect((await register('203.0.113.1')).headers['ratelimit-remaining']).to.equal('1199');
    expect((await register('203.0.113.1')).headers['ratelimit-remaining']).to.equal('1198');
    expect((await register('203.0.113.2')).headers['ratelimit-remaining']).to.equal('1199');
    expect((await register('2001:db8::1')).headers['ratelimit-remaining']).to.equal('1199');
    expect((await register('2001:db8::2')).headers['ratelimit-remaining']).to.equal('1198');
  });

  it('count accounts of one address together, and say of an answer what its account has left', () => {
    const own = createOwnCounter({ seconds: 60, now: () => 0 });
    const store = { count: (_rule: unknown, key: string) => own(key) } as unknown as LimitStore;
    const { check } = createLimits(store);
    for (const endpoint of [createReservations, createPayments, chargePoint]) {
      const outgoing = { setHeader: () => undefined } as unknown as ServerResponse;
      const from = (address: string) => void check(endpoint, 'address', address, outgoing);
      const key = (at: number): string => `2001:db8:${endpoint.name.length}::${at.toString(16)}`;
      for (let at = 1; at <= 30_000; at += 1) from(key(at % 1_000));
      expect(() => from(key(1)), endpoint.name).to.throw(Problem, /too/i);
      expect(() => from('2001:db8:ffff::1'), endpoint.name).not.to.throw();
      const rules = limitRules[endpoint.name]?.map(({ by, points }) => [by, points]);
      expect(rules).to.deep.equal([
        ['address', 30_000],
        ['account', 300],
      ]);
    }
  });

  it('go on without Redis, each process for itself', async () => {
    await edge.close();
    edge = await startEdge({ ...env(), REDIS_URL: 'redis://127.0.0.1:1' });
    const answers = await Promise.all(Array.from({ length: 350 }, () => charge(edge, '7')));
    expect(countBy(answers)).to.deep.equal({ 200: 300, 429: 50 });
  }).timeout(20_000);

  describe('the brake on guessing passwords', () => {
    const right = 'the right one';
    beforeEach(() => {
      edge.core.answer = ({ body }, response) => {
        const isRight = (JSON.parse(body) as { password: string }).password === right;
        if (isRight) answerJson(response, 200, { accessToken: 'x' });
        else answerJson(response, 401, new Problem('bad-credentials').body('x'));
      };
    });

    const logIn = (userName: string, password: string, address = '203.0.113.1') =>
      call(`${edge.url}/auth/login`, {
        method: 'POST',
        headers: { 'x-forwarded-for': address },
        body: { userName, password },
      });
    const guess = async (times: number, userName = 'fan', address?: string) => {
      const statuses: number[] = [];
      for (let i = 0; i < times; i += 1)
        statuses.push((await logIn(userName, `guess ${i}`, address)).status);
      return statuses;
    };

    it('pauses an account for an address after ten wrong ones, whoever asks', async () => {
      expect(await guess(10)).to.deep.equal(Array.from({ length: 10 }, () => 401));
      const paused = await logIn('fan', right);
      expect([paused.status, paused.json.code]).to.deep.equal([429, 'too-many-requests']);
      expect(Number(paused.headers['retry-after'])).to.be.within(1, 5);
      expect((await logIn('FAN', right)).status, 'names have no case').to.equal(429);
      expect(edge.core.requests.length, 'the core is spared').to.equal(10);
    });

    it('leaves other accounts and other addresses alone', async () => {
      await guess(10);
      expect((await logIn('fan', right, '203.0.113.2')).status).to.equal(200);
      expect((await logIn('other', right)).status).to.equal(200);
    });

    it('answers the same for names that do not exist', async () => {
      expect(await guess(11, 'nobody-of-that-name')).to.deep.equal([
        ...Array.from({ length: 10 }, () => 401),
        429,
      ]);
    });

    it('forgets mistakes once the right one was given', async () => {
      for (let round = 0; round < 3; round += 1) {
        expect(new Set(await guess(8))).to.deep.equal(new Set([401]));
        expect((await logIn('fan', right)).status).to.equal(200);
      }
    });

    it('pauses an account everywhere when many addresses guess', async () => {
      for (let i = 0; i < 20; i += 1) await guess(5, 'fan', `198.51.100.${i}`);
      expect((await logIn('fan', right, '203.0.113.77')).status).to.equal(429);
    });

    it('holds for many guesses at once: about ten of sixty get through', async () => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, i) => logIn('fan', `guess ${i}`)),
      );
      const through = edge.core.requests.length;
      expect(countBy(answers)).to.deep.equal({ 401: through, 429: 60 - through });
      // On a slow machine a pause may end meanwhile, and lets one more through.
      expect(through).to.be.within(10, 13);
      expect((await logIn('fan', right)).status).to.equal(429);
    });

    it('counts who hangs up before the answer', async () => {
      const { answer } = edge.core;
      let waiting = 0;
      let goOn: (() => void) | undefined;
      const gate = new Promise<void>((resolve) => (goOn = resolve));
      edge.core.answer = async (request, response) => {
        waiting += 1;
        await gate;
        return answer(request, response);
      };
      const body = JSON.stringify({ userName: 'fan', password: 'a guess' });
      const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`];
      const bytes = rawRequest('POST /auth/login HTTP/1.1', headers, body);
      const sockets = Array.from({ length: 10 }, () =>
        connect(edge.port, '127.0.0.1', function (this: Socket) {
          this.write(bytes);
        }),
      );
      await eventually(() => expect(waiting).to.equal(10));
      for (const socket of sockets) socket.destroy();
      // One full turn through the gateway, so that it has noticed.
      expect((await call(`${edge.url}/health/live`)).status).to.equal(200);
      goOn?.();
      edge.core.answer = answer;
      await eventually(() => expect(edge.core.requests.length).to.equal(10));
      expect((await logIn('fan', right, '127.0.0.1')).status).to.equal(429);
    });

    it('counts nobody for a core that gives no answer', async () => {
      const { answer } = edge.core;
      edge.core.answer = (_request, response) => answerJson(response, 503, {});
      for (let i = 0; i < 12; i += 1) expect((await logIn('fan', right)).status).to.equal(503);
      edge.core.answer = answer;
      await eventually(async () => expect((await logIn('fan', right)).status).to.equal(200));
    });

    it('waits twice as long each time, to a limit', () => {
      const pauses = [9, 10, 11, 12, 17, 18, 1_000].map((failures) => pauseSeconds(failures, 10));
      expect(pauses).to.deep.equal([0, 5, 10, 20, 640, 900, 900]);
    });
  });
});
