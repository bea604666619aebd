import { expect } from 'chai';
import { startStack, type Stack } from '../harness/stack.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import { publicEndpoints } from '../../shared/contracts/index.ts';
import { toSchema } from '../../shared/contracts/openapi-schema.ts';
import type { Answer, ProblemAnswer } from '../../scripts/client/api-client.ts';

describe('the door of the pages', () => {
  let stack: Stack;
  let fan: Fan;
  let concertId: string;
  before(async () => {
    stack = await startStack();
    ({ concertId } = await stack.createConcert({ seats: 3, price: 10_000 }));
    const [one] = await stack.fansInside(concertId, 1, { points: 50_000 });
    if (!one) throw new Error('no fan');
    fan = one;
  });
  after(() => stack.close());

  const own = { 'sec-fetch-site': 'same-origin' };
  const cookie = () => `session=${fan.accessToken}; queue=${String(fan.queueToken)}`;
  const ask = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    stack.api.call<ProblemAnswer>(method, path, {
      headers,
      ...(body === undefined ? {} : { body }),
    });
  const codeOf = ({ status, body }: Answer<ProblemAnswer>) => `${status} ${body?.code ?? ''}`;

  it('takes cookies for the headers of the API, and nothing a caller says of itself', async () => {
    const points = await ask('GET', '/api/points', { cookie: cookie() });
    expect(points.body).to.deep.equal({ point: 50_000 });
    const schedules = `/c/${concertId}/api/concerts/${concertId}/schedules`;
    expect((await ask('GET', schedules, { cookie: cookie() })).status).to.equal(200);
    const forged = { authorization: `Bearer ${fan.accessToken}` };
    expect(codeOf(await ask('GET', '/api/points', forged))).to.equal('401 access-token-required');
  });

  it('never takes cookies anywhere else', async () => {
    expect(codeOf(await ask('GET', '/points', { cookie: cookie() }))).to.equal(
      '401 access-token-required',
    );
  });

  const foreign: [string, Record<string, string>][] = [
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another site, by an old browser', { origin: 'https://evil.example' }],
    ['nobody says where', {}],
  ];
  for (const [name, headers] of foreign)
    it(`refuses a change that ${name} asked for, and a form too`, async () => {
      const all = { ...headers, cookie: cookie() };
      const charged = await ask('POST', '/api/points/charges', all, { amount: 1 });
      expect(codeOf(charged)).to.equal('403 forbidden');
      const form = { ...all, 'content-type': 'application/x-www-form-urlencoded' };
      expect((await ask('POST', `/c/${concertId}/leave`, form)).status).to.equal(403);
      expect((await ask('GET', '/api/points', { cookie: cookie() })).body).to.deep.equal({
        point: 50_000,
      });
    });

  /** Calls whose answer has a token in it, so that one that is added later is tried by itself. */
  const answersToken = publicEndpoints.filter(
    ({ reply }) =>
      reply && /"(token|accessToken)":\{/.test(JSON.stringify(toSchema(reply, 'output'))),
  );
  it('gives no script a token to read, whichever call has one, however its path is written', async () => {
    expect(answersToken.map(({ name }) => name)).to.include.members(['login', 'joinQueue']);
    const all = { ...own, cookie: cookie() };
    for (const { method, path, guard } of answersToken) {
      const plain = path.replace('{concertId}', concertId);
      const escaped = plain.replace(
        /[a-z](?=[a-z]*$)/,
        (letter) => `%${letter.charCodeAt(0).toString(16)}`,
      );
      for (const inner of [plain, escaped])
        for (const door of ['/api', `/c/${concertId}/api`]) {
          const { status, body } = await ask(method, door + inner, all);
          expect(status, door + inner).to.equal(inner === plain && guard !== 'open' ? 401 : 400);
          expect(JSON.stringify(body)).not.to.contain('eyJ');
        }
    }
  });

  it('guards behind it as before it: the seat is one account’s, the lease is asked', async () => {
    const [other] = await stack.fans(1);
    const mixed = `session=${String(other?.accessToken)}; queue=${String(fan.queueToken)}`;
    const path = `/c/${concertId}/api/concerts/${concertId}/reservations`;
    const refused = await ask(
      'POST',
      path,
      { ...own, cookie: mixed },
      { scheduleId: '1', quantity: 1 },
    );
    expect(codeOf(refused)).to.equal('403 queue-token-wrong-user');
  });

  it('takes no text of a form for a header that could be two', async () => {
    for (const key of ['a\r\nX-Internal-Assertion: v1', 'a\nb', '\0', '열쇠']) {
      const answer = await fetch(`${stack.gatewayUrl}/me/points/charge`, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...own, cookie: cookie() },
        body: new URLSearchParams({ amount: '1', key, to: '/' }),
      });
      expect(answer.status, JSON.stringify(key)).to.equal(400);
    }
    expect((await ask('GET', '/api/points', { cookie: cookie() })).body).to.deep.equal({
      point: 50_000,
    });
  });

  it('sends pages with their own policy, and cookies that no script reads', async () => {
    const page = await stack.api.call('GET', `/c/${concertId}/room`);
    expect(page.headers['content-security-policy']).to.contain("script-src 'self'");
    expect(page.headers['content-security-policy']).not.to.contain('unsafe');
    const again = await stack.api.call('GET', `/c/${concertId}/room`, {
      headers: { 'if-none-match': String(page.headers['etag']), cookie: cookie() },
    });
    expect(again.status, 'the same bytes for everybody').to.equal(304);
  });
});
