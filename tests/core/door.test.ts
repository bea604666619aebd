import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { nobody, signAssertion, type SignedCall } from '../../shared/assertion.ts';
import { generateSecretJwk, loadSecretKeys } from '../../shared/keys.ts';
import {
  adminCaller,
  type CoreCall,
  type CoreWorld,
  inside,
  openCoreWorld,
  type TestConcert,
} from './core-world.ts';

describe('core: the door', () => {
  let world: CoreWorld;
  let concert: TestConcert;
  before(async () => {
    world = await openCoreWorld();
    concert = await world.concert({ seats: 2 });
  });
  after(() => world.close());

  const concertCount = async (): Promise<number> => {
    const [row] = await world.database.rows<{ n: number }>('SELECT COUNT(*) AS n FROM concert');
    return row?.n ?? -1;
  };

  describe('lets only the gateway in', () => {
    const honest = (call: SignedCall, now?: () => number) =>
      signAssertion({ keys: world.assertionKeys, ...(now ? { now } : {}) }, call, {
        ...nobody,
        ...adminCaller,
      });
    const strangersKeys = loadSecretKeys(JSON.stringify({ keys: [generateSecretJwk()] }));
    const changeClaims = (header: string): string => {
      const [version, kid, claims, signature] = header.split('.');
      const told = JSON.parse(Buffer.from(String(claims), 'base64url').toString());
      const changed = Buffer.from(JSON.stringify({ ...told, u: '2' })).toString('base64url');
      return [version, kid, changed, signature].join('.');
    };
    const unkeyed = (call: SignedCall): string => {
      const [version, kid, claims] = honest(call).split('.');
      const signature = createHmac('sha256', '').update(`${claims}`).digest('base64url');
      return [version, kid, claims, signature].join('.');
    };

    const forgeries: Record<string, CoreCall['sign']> = {
      'no assertion': null,
      'an empty one': () => '',
      'one that is no assertion': () => 'Bearer abc',
      'one too long': (call) => honest(call) + 'A'.repeat(2_000),
      'one of another key': (call) =>
        signAssertion({ keys: strangersKeys }, call, { ...nobody, ...adminCaller }),
      'one of an unknown key id': (call) => honest(call).replace(/^v1\.[^.]+/, 'v1.other'),
      'one of another version': (call) => honest(call).replace(/^v1/, 'v2'),
      'one without a signature': (call) => honest(call).split('.').slice(0, 3).join('.') + '.',
      'one with a part too many': (call) => `${honest(call)}.x`,
      'one signed without a key': unkeyed,
      'one whose account was changed': (call) => changeClaims(honest(call)),
      'one for the other service': (call) => honest({ ...call, audience: 'queue-gateway' }),
      'one for another method': (call) => honest({ ...call, method: 'PUT' }),
      'one for another path': (call) => honest({ ...call, target: '/admin/concerts/1' }),
      'one for another query': (call) => honest({ ...call, target: `${call.target}?a=1` }),
      'one for another body': (call) => honest({ ...call, body: Buffer.from('{}') }),
      'one half a minute old': (call) => honest(call, () => Date.now() - 31_000),
      'one half a minute ahead': (call) => honest(call, () => Date.now() + 31_000),
    };
    for (const [name, sign] of Object.entries(forgeries)) {
      it(`refuses ${name}, and changes nothing`, async () => {
        const before = await concertCount();
        const body = { concertName: 'Forged' };
        const answer = await world.call('POST', '/admin/concerts', { body, sign: sign as null });
        expect(answer.word).to.equal('401 assertion-invalid');
        expect(answer.body).to.have.keys([
          'type',
          'title',
          'status',
          'code',
          'detail',
          'requestId',
        ]);
        expect(await concertCount()).to.equal(before);
      });
    }

    it('tells strangers nothing about paths and methods', async () => {
      for (const [method, path] of [
        ['GET', '/nothing'],
        ['DELETE', '/concerts'],
        ['GET', '/concerts'],
        ['GET', '/internal/rooms'],
        ['GET', '/internal/load'],
        ['GET', '/points'],
      ] as const) {
        const answer = await world.call(method, path, { sign: null });
        expect(answer.word, path).to.equal('401 assertion-invalid');
        expect(answer.headers['allow'], path).to.equal(undefined);
      }
    });

    it('tells everybody how the process is', async () => {
      for (const path of ['/health/live', '/health/ready']) {
        const answer = await world.call('GET', path, { sign: null });
        expect(answer.body.status, path).to.equal('ok');
      }
    });
  });

  describe('checks again what the gateway checked', () => {
    const seats = () => `/concerts/${concert.concertId}/schedules/${concert.scheduleId}/seats`;
    const cases: [string, () => [string, string, CoreCall], string][] = [
      ['no account', () => ['GET', '/points', {}], '401 access-token-required'],
      [
        'no account for the owner',
        () => ['POST', '/admin/concerts', {}],
        '401 access-token-required',
      ],
      [
        'a user as owner',
        () => ['POST', '/admin/concerts', { caller: { userId: '1', role: 'USER' } }],
        '403 forbidden',
      ],
      ['nobody inside', () => ['GET', seats(), {}], '401 queue-token-required'],
      [
        'a room without its entry',
        () => ['GET', seats(), { caller: { room: concert.concertId } }],
        '401 queue-token-required',
      ],
      [
        'somebody inside another room',
        () => ['GET', seats(), { caller: inside('999') }],
        '403 queue-token-wrong-room',
      ],
      [
        'an entry without an account',
        () => [
          'POST',
          `/concerts/${concert.concertId}/payments`,
          { caller: { ...inside(concert.concertId), userId: null } },
        ],
        '401 access-token-required',
      ],
    ];
    for (const [name, make, word] of cases) {
      it(`refuses ${name}: ${word}`, async () => {
        expect((await world.call(...make())).word).to.equal(word);
      });
    }
  });

  describe('reads input strictly', () => {
    const path = '/admin/concerts';
    const admin = (call: CoreCall): CoreCall => ({ caller: adminCaller, ...call });
    const text = (value: string) => Buffer.from(value);
    const json = { 'content-type': 'application/json' };
    const cases: [string, string, CoreCall, string | undefined][] = [
      ['no body', path, {}, 'body'],
      ['an empty body', path, { body: text(''), headers: json }, 'body'],
      ['broken JSON', path, { body: text('{"concertName":') }, 'body'],
      ['bytes that are not UTF-8', path, { body: Buffer.from([0x22, 0xff, 0x22]) }, 'body'],
      ['a list', path, { body: [] }, 'body'],
      ['null', path, { body: null }, 'body'],
      ['deep nesting', path, { body: text('['.repeat(20_000)) }, 'body'],
      ['a form', path, { body: {}, headers: { 'content-type': 'text/plain' } }, 'body'],
      ['no content type', path, { body: {}, headers: { 'content-type': '' } }, 'body'],
      [
        'another charset',
        path,
        { body: {}, headers: { 'content-type': 'application/json; charset=utf-16' } },
        'body',
      ],
      ['a content encoding', path, { body: {}, headers: { 'content-encoding': 'gzip' } }, 'body'],
      ['a body over 64 KiB', path, { body: { concertName: 'x'.repeat(65_536) } }, 'body'],
      ['an unknown field', path, { body: { concertName: 'A', owner: 1 } }, 'body'],
      ['__proto__', path, { body: text('{"concertName":"A","__proto__":{"a":1}}') }, 'body'],
      ['a number for a name', path, { body: { concertName: 1 } }, 'body.concertName'],
      ['a blank name', path, { body: { concertName: ' ' } }, 'body.concertName'],
      ['a long name', path, { body: { concertName: 'x'.repeat(201) } }, 'body.concertName'],
      ['a control character', path, { body: { concertName: 'a\u0007' } }, 'body.concertName'],
      ['half a character', path, { body: text('{"concertName":"\\ud800"}') }, 'body.concertName'],
      [
        'a fraction of a seat',
        path,
        { body: { concertName: 'A', seatsPerUser: 1.5 } },
        'body.seatsPerUser',
      ],
      [
        'infinity',
        path,
        { body: text('{"concertName":"A","seatsPerUser":1e999}') },
        'body.seatsPerUser',
      ],
      ['a query where none is', `${path}?a=1`, { body: { concertName: 'A' } }, 'query.a'],
    ];
    for (const [name, target, call, where] of cases) {
      it(`refuses ${name}`, async () => {
        const before = await concertCount();
        const answer = await world.call('POST', target, admin(call));
        expect(answer.word).to.equal('400 invalid-request');
        expect(answer.body.errors[0].path).to.equal(where);
        expect(await concertCount()).to.equal(before);
      });
    }

    for (const [name, query, where] of [
      ['no limit at all', 'limit=0', 'query.limit'],
      ['too many', 'limit=101', 'query.limit'],
      ['a fraction', 'limit=1.5', 'query.limit'],
      ['a word', 'limit=all', 'query.limit'],
      ['one key twice', 'limit=1&limit=2', 'query.limit'],
      ['a cursor that is no id', 'cursor=abc', 'query.cursor'],
      ['an unknown key', 'page=2', 'query'],
    ]) {
      it(`refuses a page with ${name}`, async () => {
        const answer = await world.call('GET', `/concerts?${query}`);
        expect(answer.word).to.equal('400 invalid-request');
        expect(answer.body.errors[0].path).to.equal(where);
      });
    }

    for (const id of ['0', '-1', '01', '1e3', 'abc', '9007199254740993', '%00', "1'--", '%']) {
      it(`refuses ${id} as an id`, async () => {
        expect((await world.call('GET', `/concerts/${id}`)).word).to.equal('400 invalid-request');
      });
    }
  });

  it('answers an unknown path 404 and another method 405 with Allow', async () => {
    expect((await world.call('GET', '/nothing')).word).to.equal('404 not-found');
    expect((await world.call('GET', '/concerts/')).word).to.equal('404 not-found');
    expect((await world.call('GET', '/Concerts')).word).to.equal('404 not-found');
    const other = await world.call('PUT', '/concerts');
    expect(other.word).to.equal('405 method-not-allowed');
    expect(other.headers['allow']).to.equal('GET');
  });

  it('tells bad ids before a missing account, and a missing account before a bad body', async () => {
    expect((await world.call('PATCH', '/admin/concerts/x', { body: { a: 1 } })).word).to.equal(
      '400 invalid-request',
    );
    expect((await world.call('PATCH', '/admin/concerts/1', { body: { a: 1 } })).word).to.equal(
      '401 access-token-required',
    );
  });

  it('refuses an Idempotency-Key that is not visible ASCII of 1 to 255 characters', async () => {
    for (const key of ['', 'a b', 'ä', 'x'.repeat(256)]) {
      const answer = await world.call('POST', '/points/charges', {
        body: { amount: 1 },
        caller: { userId: '1', role: 'USER' },
        headers: { 'idempotency-key': Buffer.from(key, 'utf8').toString('latin1') },
      });
      expect(answer.word, key).to.equal('400 invalid-request');
      expect(answer.body.errors[0].path).to.equal('header.Idempotency-Key');
    }
  });

  it('echoes a good request id and makes one for a bad or missing one', async () => {
    const idFor = async (given?: string) => {
      const headers: Record<string, string> = given === undefined ? {} : { 'x-request-id': given };
      const answer = await world.call('GET', '/nothing', { headers });
      expect(answer.headers['x-request-id']).to.equal(answer.body.requestId);
      return answer.body.requestId as string;
    };
    expect(await idFor('abc-123')).to.equal('abc-123');
    const uuid = /^[0-9a-f-]{36}$/;
    expect(await idFor()).to.match(uuid);
    expect(await idFor('a b')).to.match(uuid);
    expect(await idFor('x'.repeat(65))).to.match(uuid);
  });

  it('says neither who it is nor what went wrong inside', async () => {
    const answer = await world.call('GET', '/concerts');
    expect(answer.headers).not.to.have.any.keys('x-powered-by', 'server');
  });
});
