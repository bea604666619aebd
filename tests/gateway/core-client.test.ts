import { expect } from 'chai';
import { type CoreClient, createCoreClient } from '../../queue-gateway/core-client/core-client.ts';
import { generateSecretJwk, loadSecretKeys } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import { answerJson, type Recorder, startRecorder } from './recorder.ts';

const setting = {
  version: 3,
  maxActive: 100,
  admitPerSecond: 10,
  claimSeconds: 30,
  activeSeconds: 600,
  idleSeconds: 120,
  graceSeconds: 60,
  maxWaiting: 1_000,
  opensAt: null,
  preQueueOpensAt: null,
  order: 'fifo',
  message: null,
  challenge: 'none',
  powDifficulty: 16,
  recordPublic: false,
  concertId: '5',
  control: 'OPEN',
  concertActive: true,
};

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `answered ${JSON.stringify(value)}`,
    (error: unknown) => (error instanceof Problem ? error.code : `not a problem: ${String(error)}`),
  );

describe('the client of the core', () => {
  let core: Recorder;
  let client: CoreClient;
  const assertionKeys = loadSecretKeys(JSON.stringify({ keys: [generateSecretJwk()] }));
  beforeEach(async () => {
    core = await startRecorder(assertionKeys);
    client = createCoreClient({ url: core.url, assertionKeys, now: Date.now, timeoutMs: 300 });
  });
  afterEach(async () => {
    await client.close();
    await core.close();
  });

  const answer = (status: number, body: unknown): void => {
    core.answer = (_request, response) => answerJson(response, status, body);
  };

  it('signs every call and reads the answer by its contract', async () => {
    answer(200, { items: [setting] });
    expect(await client.listRooms()).to.deep.equal([setting]);
    answer(200, setting);
    expect(await client.getRoomSetting('5')).to.deep.equal(setting);
    expect(core.requests.map(({ method, url }) => `${method} ${url}`)).to.deep.equal([
      'GET /internal/rooms',
      'GET /internal/rooms/5',
    ]);
    expect(core.requests.every(({ caller }) => caller !== undefined)).to.equal(true);
  });

  it('says for whom it changes a room', async () => {
    answer(200, setting);
    const caller = { userId: '1', role: 'ADMIN', room: null, entryId: null } as const;
    await client.changeRoom('5', { version: 3, policy: { maxActive: 7 } }, caller);
    expect(core.requests[0]?.caller).to.deep.equal(caller);
    expect(core.requests[0]?.body).to.equal('{"version":3,"policy":{"maxActive":7}}');
  });

  it('passes a refusal on with its code and words', async () => {
    answer(409, new Problem('version-conflict', { detail: 'It is 4 now' }).body('x'));
    const caller = { userId: '1', role: 'ADMIN', room: null, entryId: null } as const;
    const refused = await client.changeRoom('5', { cord: 'pause' }, caller).then(
      () => undefined,
      (error: unknown) => error as Problem,
    );
    expect(refused).to.include({ code: 'version-conflict', detail: 'It is 4 now' });
  });

  it('takes a room that is not there for an answer', async () => {
    answer(404, new Problem('not-found').body('x'));
    expect(await client.getRoomSetting('5')).to.equal(undefined);
    expect(await codeOf(client.getInventory('5'))).to.equal('not-found');
  });

  const failures: [string, (core: Recorder) => void, string][] = [
    ['no answer in time', (c) => (c.answer = () => undefined), 'gateway-timeout'],
    ['a 500', () => answer(500, new Problem('internal').body('x')), 'bad-gateway'],
    ['a 503', () => answer(503, new Problem('unavailable').body('x')), 'unavailable'],
    [
      'a refusal of our signature',
      () => answer(401, new Problem('assertion-invalid').body('x')),
      'bad-gateway',
    ],
    ['a code that is not in the table', () => answer(418, { code: 'teapot' }), 'bad-gateway'],
    ['an answer off its contract', () => answer(200, { items: [{}] }), 'bad-gateway'],
    [
      'an answer that is no JSON',
      (c) => (c.answer = (_r, res) => res.end('<html>')),
      'bad-gateway',
    ],
    ['a broken connection', (c) => (c.answer = (_r, res) => res.socket?.destroy()), 'bad-gateway'],
  ];
  for (const [name, arrange, code] of failures) {
    it(`takes ${name} for ${code}`, async () => {
      arrange(core);
      expect(await codeOf(client.listRooms())).to.equal(code);
    });
  }

  it('knows whether the core is ready, and never throws about it', async () => {
    expect(await client.ready()).to.equal(true);
    answer(503, {});
    expect(await client.ready()).to.equal(false);
    await core.close();
    expect(await client.ready()).to.equal(false);
  });
});
