import { expect } from 'chai';
import { call, type CallOptions } from './call.ts';
import { type Edge, startEdge } from './edge.ts';
import { nowSeconds } from './forge.ts';

/**
 * The order of checks of queue-gateway/http/bind.ts: every row has the fault of its own line and
 * of all lines below it at once, and must be answered by its own.
 */
describe('the order of checks', () => {
  let edge: Edge;
  let user: string;
  let active: string;
  before(async () => {
    edge = await startEdge();
    user = `Bearer ${edge.accessToken('7')}`;
    active = edge.activeToken('7', '3');
  });
  after(() => edge.close());
  afterEach(() => {
    edge.core.requests = [];
    edge.line.endedReason = () => undefined;
    edge.line.checkLease = () => Promise.resolve();
  });

  const past = () => ({ issuedAtMs: 1_000, expiresAtMs: (nowSeconds() - 60) * 1_000 });
  const badBody = { nonsense: true };

  interface Row {
    name: string;
    status: number;
    code: string;
    path?: string;
    headers: () => Record<string, string>;
    body?: unknown;
    ended?: string;
  }

  const reservations = '/concerts/3/reservations';
  const rows: Row[] = [
    {
      name: 'a path that is two paths',
      status: 400,
      code: 'invalid-request',
      path: '/nowhere%2Fx',
      headers: () => ({}),
    },
    {
      name: 'an unknown path',
      status: 404,
      code: 'not-found',
      path: '/concerts/abc/nowhere',
      headers: () => ({}),
    },
    {
      name: 'an id that is none',
      status: 400,
      code: 'invalid-request',
      path: '/concerts/abc/reservations',
      headers: () => ({}),
    },
    {
      name: 'no access token',
      status: 401,
      code: 'access-token-required',
      headers: () => ({ 'x-queue-token': 'junk' }),
    },
    {
      name: 'a bad access token',
      status: 401,
      code: 'access-token-invalid',
      headers: () => ({ authorization: 'Bearer junk', 'x-queue-token': 'junk' }),
    },
    {
      name: 'another scheme',
      status: 401,
      code: 'access-token-invalid',
      headers: () => ({ authorization: 'Basic YTpi' }),
    },
    {
      name: 'no queue token',
      status: 401,
      code: 'queue-token-required',
      headers: () => ({ authorization: user }),
    },
    {
      name: 'a bad queue token',
      status: 401,
      code: 'queue-token-invalid',
      headers: () => ({ authorization: user, 'x-queue-token': 'junk' }),
    },
    {
      name: 'an access token for a queue token',
      status: 401,
      code: 'queue-token-invalid',
      headers: () => ({ authorization: user, 'x-queue-token': edge.accessToken('7') }),
    },
    {
      name: 'an expired queue token of another room and user',
      status: 410,
      code: 'queue-token-ended',
      headers: () => ({
        authorization: user,
        'x-queue-token': edge.activeToken('8', '4', past()),
      }),
    },
    {
      name: 'a queue token of another room and user',
      status: 403,
      code: 'queue-token-wrong-room',
      headers: () => ({ authorization: user, 'x-queue-token': edge.waitingToken('8', '4') }),
    },
    {
      name: 'a waiting queue token of another user',
      status: 403,
      code: 'queue-token-wrong-user',
      headers: () => ({ authorization: user, 'x-queue-token': edge.waitingToken('8', '3') }),
    },
    {
      name: 'a waiting token',
      status: 403,
      code: 'queue-token-not-active',
      headers: () => ({ authorization: user, 'x-queue-token': edge.waitingToken('7', '3') }),
    },
    {
      name: 'an ended token',
      status: 410,
      code: 'queue-token-ended',
      ended: 'completed',
      headers: () => ({ authorization: user, 'x-queue-token': active }),
    },
    {
      name: 'a body that is none of ours',
      status: 400,
      code: 'invalid-request',
      body: 'not json',
      headers: () => ({
        authorization: user,
        'x-queue-token': active,
        'content-type': 'text/plain',
      }),
    },
    {
      name: 'an unknown query',
      status: 400,
      code: 'invalid-request',
      path: `${reservations}?x=1`,
      headers: () => ({ authorization: user, 'x-queue-token': active }),
    },
  ];

  for (const row of rows) {
    it(`${row.status} ${row.code} for ${row.name}`, async () => {
      edge.line.endedReason = () => row.ended;
      const answer = await call(`${edge.url}${row.path ?? reservations}`, {
        method: 'POST',
        headers: row.headers(),
        body: row.body ?? badBody,
      });
      expect([answer.status, answer.json.code], answer.text).to.deep.equal([row.status, row.code]);
      expect(edge.core.requests).to.deep.equal([]);
    });
  }

  const ask = (options: CallOptions, path = reservations) => call(`${edge.url}${path}`, options);

  it('tells a waiting one where it stands', async () => {
    const answer = await ask(
      { headers: { 'x-queue-token': edge.waitingToken('7', '3') } },
      '/concerts/3/schedules',
    );
    expect(answer.json).to.include({
      code: 'queue-token-not-active',
      position: 42,
      pollAfterMs: 5_000,
    });
  });

  it('tells an ended one why', async () => {
    edge.line.endedReason = () => 'idle';
    const ended = await ask({ headers: { 'x-queue-token': active } }, '/concerts/3/schedules');
    expect(ended.json).to.include({ code: 'queue-token-ended', reason: 'idle' });
    const token = edge.activeToken('7', '3', past());
    const expired = await ask({ headers: { 'x-queue-token': token } }, '/concerts/3/schedules');
    expect(expired.json).to.include({ code: 'queue-token-ended', reason: 'expired' });
  });

  it('refuses whoever is no admin before it looks at the body', async () => {
    const answer = await ask(
      { method: 'POST', headers: { authorization: user }, body: badBody },
      '/admin/concerts',
    );
    expect([answer.status, answer.json.code]).to.deep.equal([403, 'forbidden']);
  });

  it('reads an access token that comes along with a read, and refuses another account', async () => {
    const path = '/concerts/3/schedules';
    const other = `Bearer ${edge.accessToken('8')}`;
    const wrong = await ask({ headers: { authorization: other, 'x-queue-token': active } }, path);
    expect(wrong.json.code).to.equal('queue-token-wrong-user');
    const junk = { authorization: 'Bearer junk', 'x-queue-token': active };
    expect((await ask({ headers: junk }, path)).json.code).to.equal('access-token-invalid');
    expect(edge.core.requests).to.deep.equal([]);
    const alone = await ask({ headers: { 'x-queue-token': active } }, path);
    expect(alone.status, alone.text).to.equal(200);
    expect(edge.core.requests[0]?.caller).to.deep.equal({
      userId: '7',
      role: 'USER',
      room: '3',
      entryId: '12',
    });
  });

  it('asks for the lease only when something changes, and only then waits for it', async () => {
    const asked: string[] = [];
    edge.line.checkLease = (claims) => {
      asked.push(claims.queueId);
      return Promise.resolve();
    };
    const headers = { authorization: user, 'x-queue-token': active };
    await ask({ headers }, '/concerts/3/schedules');
    expect(asked).to.deep.equal([]);
    await ask({ method: 'POST', headers, body: badBody });
    await ask({ method: 'DELETE', headers }, `${reservations}/5`);
    expect(asked).to.deep.equal(['12', '12']);
  });

  it('sends 401 with the scheme to use and 405 with the methods', async () => {
    const unknown = await ask({}, '/points');
    expect(unknown.headers['www-authenticate']).to.equal('Bearer');
    expect(unknown.headers['cache-control']).to.equal('no-store');
  });

  describe('events of the core', () => {
    const target = '/internal/events';
    const body = JSON.stringify({
      events: [
        {
          type: 'concert.sold-out',
          eventId: '1',
          concertId: '3',
          occurredAt: '2030-01-01T00:00:00Z',
        },
      ],
    });
    const deliver = (assertion: string | undefined, sent = body) =>
      ask(
        {
          method: 'POST',
          body: sent,
          headers: assertion === undefined ? {} : { 'x-internal-assertion': assertion },
        },
        target,
      );
    beforeEach(() => {
      edge.events.length = 0;
    });

    it('are taken with its assertion, once', async () => {
      const assertion = edge.assertion('POST', target, body);
      expect((await deliver(assertion)).status).to.equal(204);
      const replayed = await deliver(assertion);
      expect([replayed.status, replayed.json.code]).to.deep.equal([401, 'assertion-invalid']);
      expect(edge.events.length).to.equal(1);
    });

    it('are refused from anybody else', async () => {
      const forged: Record<string, string | undefined> = {
        none: undefined,
        junk: 'v1.a.b.c',
        'for another path': edge.assertion('POST', '/internal/other', body),
        'for another method': edge.assertion('PUT', target, body),
        'for another body': edge.assertion('POST', target, `${body} `),
        'an access token': edge.accessToken('1', 'ADMIN'),
      };
      for (const [name, assertion] of Object.entries(forged)) {
        const answer = await deliver(assertion);
        expect([answer.status, answer.json.code], name).to.deep.equal([401, 'assertion-invalid']);
      }
      expect(edge.events).to.deep.equal([]);
    });

    it('are read by their contract', async () => {
      const wrong = JSON.stringify({ events: [{ type: 'x' }] });
      const answer = await deliver(edge.assertion('POST', target, wrong), wrong);
      expect(answer.json.code).to.equal('invalid-request');
    });
  });
});
