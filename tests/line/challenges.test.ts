import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createChallengeTokens } from '../../queue-gateway/challenges/challenge-token.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import type { ChallengeOffer } from '../../shared/contracts/challenges.ts';
import { generateSecretJwk, loadSecretKeys } from '../../shared/keys.ts';
import { solveWork } from '../../shared/proof-of-work.ts';
import { type Gateways, startGateways } from './gateways.ts';

type Work = Extract<ChallengeOffer, { kind: 'pow' }>;
interface Shown {
  code?: string;
  kind?: string;
  queueId?: string;
}

const crowd = 50;
/** Of the test's gateways, so that a test can sign what they would not. */
const waitingKeys = JSON.stringify({ keys: [generateSecretJwk()] });

describe('the challenge before a new place', () => {
  let world: Gateways;
  let nextUser = 1_000;
  const stranger = (at = 0): Fan => world.fan((nextUser += 1), at);

  before(async () => {
    world = await startGateways({ count: 2, env: { WAITING_TOKEN_KEYS: waitingKeys } });
  });
  after(() => world.close());

  const powRoom = (policy = {}): string =>
    world.core.addRoom({ challenge: 'pow', powDifficulty: 8, maxActive: 0, ...policy });

  const join = async (fan: Fan, room: string, challenge?: object) => {
    const body = challenge === undefined ? {} : { body: { challenge } };
    const answer = await fan.call<Shown>('POST', `/queue/${room}/tokens`, body);
    return { ...answer.body, status: answer.status };
  };

  async function workFor(fan: Fan, room: string): Promise<Work> {
    const { body } = await fan.call<ChallengeOffer>('GET', `/queue/${room}/challenge`);
    if (body.kind !== 'pow') throw new Error(`no work but ${JSON.stringify(body)}`);
    return body;
  }

  async function solved(fan: Fan, room: string) {
    const work = await workFor(fan, room);
    return { challenge: work.challenge, solution: await solveWork(work) };
  }

  it('is not asked where the policy has none, with a body or without', async () => {
    const room = world.core.addRoom({ maxActive: 0 });
    const [one, other] = [stranger(), stranger()];
    const offer = await one.call('GET', `/queue/${room}/challenge`);
    expect(offer.body).to.deep.equal({ kind: 'none' });
    expect((await join(one, room)).status).to.equal(201);
    expect((await join(other, room, { bypassCode: 'any' })).status).to.equal(201);
  });

  it('keeps out who brings nothing, and lets in who has done the work', async () => {
    const room = powRoom();
    const fan = stranger();
    expect(await join(fan, room)).to.include({
      status: 403,
      code: 'challenge-required',
      kind: 'pow',
    });
    expect((await join(fan, room, await solved(fan, room))).status).to.equal(201);
  });

  it('is done by our own client without a word', async () => {
    const fan = stranger();
    expect((await fan.join(powRoom())).status).to.equal(201);
  });

  it('is not asked again of who has a place, whatever is shown', async () => {
    const room = powRoom();
    const fan = stranger();
    const proof = await solved(fan, room);
    const { queueId } = await join(fan, room, proof);
    for (const again of [undefined, proof, { challenge: 'c1.nonsense', solution: '1' }]) {
      const { status, queueId: same } = await join(fan, room, again);
      expect({ status, same }).to.deep.equal({ status: 200, same: queueId });
    }
  });

  it('is used up by joining: who left needs another one', async () => {
    const room = powRoom();
    const fan = stranger();
    const proof = await solved(fan, room);
    await join(fan, room, proof);
    fan.queueToken = (
      await fan.call<{ token: string }>('POST', `/queue/${room}/tokens`)
    ).body.token;
    expect((await fan.leave(room)).status).to.equal(204);
    expect(await join(fan, room, proof)).to.include({ status: 400, code: 'challenge-failed' });
    expect(await join(fan, room)).to.include({ status: 403, code: 'challenge-required' });
    expect((await join(fan, room, await solved(fan, room))).status).to.equal(201);
  });

  it('is not used up by a room that was full', async () => {
    const room = powRoom({ maxWaiting: 1 });
    const [first, second] = [stranger(), stranger()];
    await join(first, room, await solved(first, room));
    const proof = await solved(second, room);
    for (let turn = 0; turn < 2; turn += 1)
      expect(await join(second, room, proof)).to.include({ status: 503, code: 'room-full' });
  });

  it(`lets one account in of ${crowd} who bring the same work at once to two gateways`, async () => {
    const room = powRoom();
    const owner = stranger();
    const proof = await solved(owner, room);
    const thieves = Array.from({ length: crowd - 1 }, (_, at) => stranger(at));
    const all = await Promise.all([owner, ...thieves].map((fan) => join(fan, room, proof)));
    expect(all[0]?.status).to.equal(201);
    expect(all.slice(1).map(({ status, code }) => `${status} ${code}`)).to.deep.equal(
      thieves.map(() => '400 challenge-failed'),
    );
    const room1 = await owner.call<{ tail: number }>('GET', `/queue/${room}`);
    expect(room1.body.tail).to.be.at.most(1);
  });

  it(`gives an account one place for ${crowd} joins at once with one work`, async () => {
    const room = powRoom();
    const proof = await solved(world.fan(77), room);
    const all = await Promise.all(
      Array.from({ length: crowd }, (_, at) => join(world.fan(77, at), room, proof)),
    );
    expect(all.filter(({ status }) => status === 201)).to.have.length(1);
    const places = all.filter(({ status }) => status < 300).map(({ queueId }) => queueId);
    expect(new Set(places).size).to.equal(1);
  });

  describe('refuses work', () => {
    const tokens = (keys: string) =>
      createChallengeTokens({ keys: loadSecretKeys(keys), now: Date.now });
    const facts = (room: string, fan: Fan, change = {}) => ({
      roomId: room,
      userId: fan.userId,
      difficulty: 8,
      expiresAtMs: Date.now() + 60_000,
      nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
      ...change,
    });
    async function doneWith(keys: string, ...given: Parameters<typeof facts>) {
      const { challenge, prefix } = tokens(keys).sign(facts(...given));
      return { challenge, solution: await solveWork({ prefix, difficulty: 8 }) };
    }
    const otherKeys = JSON.stringify({ keys: [generateSecretJwk()] });

    const cases: [string, (room: string, fan: Fan) => Promise<object>][] = [
      ['that is not done', async (room, fan) => ({ ...(await workFor(fan, room)), solution: '0' })],
      ['of another account', (room) => solved(stranger(), room)],
      ['of another room', (_room, fan) => solved(fan, powRoom())],
      ['that has run out', (room, fan) => doneWith(waitingKeys, room, fan, { expiresAtMs: 1_000 })],
      ['signed by somebody else', (room, fan) => doneWith(otherKeys, room, fan)],
      [
        'made easier on the way',
        async (room, fan) => {
          const { challenge, solution } = await solved(fan, room);
          const parts = challenge.split('.');
          parts[4] = '0';
          return { challenge: parts.join('.'), solution };
        },
      ],
      ['that is no work', async () => ({ challenge: 'c1.a.1.1.8.9.b.c', solution: '1' })],
    ];
    for (const [name, make] of cases) {
      it(name, async () => {
        const room = powRoom();
        const fan = stranger();
        const { challenge, solution } = (await make(room, fan)) as Record<string, string>;
        const refused = await join(fan, room, { challenge, solution: solution ?? '0' });
        expect(refused).to.include({ status: 400, code: 'challenge-failed' });
      });
    }

    it('signed like the one it takes', async () => {
      const room = powRoom();
      const fan = stranger();
      expect((await join(fan, room, await doneWith(waitingKeys, room, fan))).status).to.equal(201);
    });
  });

  it('is spared by a bypass code, which stands in line like everybody', async () => {
    const room = powRoom();
    const fan = stranger();
    world.core.codes.set('PRESS', (id, user) => id === room && user === fan.userId);
    expect(await join(stranger(), room, { bypassCode: 'PRESS' })).to.include({
      status: 400,
      code: 'challenge-failed',
    });
    expect(await join(fan, room, { bypassCode: 'PRESS' })).to.include({ status: 201 });
    const { body } = await fan.call<{ tail: number; active: number }>('GET', `/queue/${room}`);
    expect(body.active).to.equal(0);
  });
});

describe('a captcha', () => {
  let world: Gateways;
  let provider: Server;
  let asked: URLSearchParams[];
  let answer: (form: URLSearchParams) => [number, unknown];

  before(async () => {
    provider = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        const form = new URLSearchParams(text);
        asked.push(form);
        const [status, body] = answer(form);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const { port } = provider.address() as AddressInfo;
    world = await startGateways({
      env: {
        CAPTCHA_SECRET: 'test-secret',
        CAPTCHA_SITE_KEY: 'site',
        CAPTCHA_VERIFY_URL: `http://127.0.0.1:${port}/siteverify`,
      },
    });
  });
  after(async () => {
    await world.close();
    provider.closeAllConnections();
    provider.close();
  });
  beforeEach(() => {
    asked = [];
    answer = () => [200, { success: true }];
  });

  const captchaRoom = (): string => world.core.addRoom({ challenge: 'captcha', maxActive: 0 });
  const join = (room: string, captcha: string, user = 5) =>
    world.fan(user).call<Shown>('POST', `/queue/${room}/tokens`, {
      body: { challenge: { captcha } },
    });

  it('is offered with its key and what binds it to account and room', async () => {
    const room = captchaRoom();
    const { body } = await world.fan(5).call('GET', `/queue/${room}/challenge`);
    expect(body).to.deep.equal({ kind: 'captcha', siteKey: 'site', data: `${room}.5` });
  });

  it('lets in whom the provider vouches for', async () => {
    const room = captchaRoom();
    answer = () => [200, { success: true, cdata: `${room}.5` }];
    expect((await join(room, 'token')).status).to.equal(201);
    expect(Object.fromEntries(asked[0] ?? [])).to.include({
      secret: 'test-secret',
      response: 'token',
    });
  });

  for (const [name, status, code, reply] of [
    ['a refusal', 400, 'challenge-failed', [200, { success: false, 'error-codes': ['x'] }]],
    ['a pass of another account', 400, 'challenge-failed', [200, { success: true, cdata: '1.6' }]],
    ['an error of the provider', 503, 'unavailable', [500, { success: true }]],
    ['an answer that is none', 503, 'unavailable', [200, { ok: true }]],
    ['an answer without end', 503, 'unavailable', [200, { success: true, x: 'x'.repeat(99_999) }]],
  ] as const) {
    it(`lets nobody in by ${name}`, async () => {
      answer = () => [...reply];
      const refused = await join(captchaRoom(), 'token');
      expect({ status: refused.status, code: refused.body.code }).to.deep.equal({ status, code });
    });
  }

  it('takes no work instead of it', async () => {
    const refused = await world.fan(5).call<Shown>('POST', `/queue/${captchaRoom()}/tokens`, {
      body: { challenge: { challenge: 'c1.x', solution: '1' } },
    });
    expect(refused.status).to.equal(403);
    expect(asked).to.deep.equal([]);
  });
});

describe('a captcha without a provider', () => {
  it('cannot be asked for, and lets nobody in where it is', async () => {
    const world = await startGateways();
    try {
      const plain = world.core.addRoom();
      const put = await world.admin().call<Shown>('PUT', `/admin/queue/${plain}`, {
        body: { challenge: 'captcha' },
      });
      expect(put.status).to.equal(400);
      const room = world.core.addRoom({ challenge: 'captcha' });
      const refused = await world.fan(1).call('POST', `/queue/${room}/tokens`, {
        body: { challenge: { captcha: 'token' } },
      });
      expect(refused.status).to.equal(503);
    } finally {
      await world.close();
    }
  });
});
