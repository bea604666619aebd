import { expect } from 'chai';
import { keysCommand } from '../../scripts/keys.ts';
import type { Answer } from '../../scripts/client/api-client.ts';
import { type Fan, logIn, registerFan } from '../../scripts/client/fan.ts';
import { eventually } from '../harness/eventually.ts';
import { startStack, type Stack, type TestConcert } from '../harness/stack.ts';

const kidOf = (token: string | undefined): string => {
  const [head = ''] = (token ?? '').split('.');
  return String((JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }).kid);
};

describe('story: keys change while people buy', () => {
  let stack: Stack;
  let concert: TestConcert;
  let insiders: Fan[];
  let waiting: Fan[];
  const account = { userName: 'rotates', password: 'a long enough password' };
  let userId: string;

  before(async () => {
    stack = await startStack();
    concert = await stack.createConcert({ seats: 50, price: 1_000, policy: { maxActive: 4 } });
    insiders = await stack.fansInside(concert.concertId, 4);
    waiting = await stack.fans(4);
    for (const fan of waiting) await fan.join(concert.concertId);
    userId = (await registerFan(stack.api, account)).userId;
  });
  after(() => stack.close());

  const keys = (...argv: string[]) => keysCommand(argv, { DATA_DIR: stack.dataDir });

  /** Every key by what it is for, as `list` tells it. */
  async function listed(): Promise<{ set: string; kid: string; state: string }[]> {
    const lines = (await keys('list')).split('\n').map((line) => line.split(/ +/));
    return lines.map(([set = '', kid = '', state = '']) => ({ set, kid, state }));
  }

  const logInAgain = () => logIn(stack.api, { userId, ...account });

  /** Every kind of token and assertion, signed and verified, again and again. */
  function keepCalling(): { stop(): Promise<string[]> } {
    const faults: string[] = [];
    let isOver = false;
    const { concertId, scheduleId } = concert;
    const calls: (() => Promise<Answer>)[] = [
      ...insiders.map((fan) => () => fan.call('GET', '/points')),
      ...insiders.map((fan) => () => fan.call('GET', `/concerts/${concertId}/schedules`)),
      ...insiders.map((fan) => () => fan.hold(concertId, { scheduleId, seatIds: ['999999'] })),
      ...waiting.map((fan) => () => fan.status(concertId)),
      ...waiting.map((fan) => () => fan.join(concertId)),
      () => stack.api.call('GET', '/.well-known/jwks.json'),
    ];
    const run = async (call: () => Promise<Answer>): Promise<void> => {
      while (!isOver) {
        const { status, body } = await call();
        // No such seat: the call went all the way, which is what is asked here.
        if (status >= 400 && status !== 404 && status !== 429)
          faults.push(`${status} ${JSON.stringify(body)}`);
      }
    };
    const running = calls.map(run);
    return {
      async stop() {
        isOver = true;
        await Promise.all(running);
        return faults;
      },
    };
  }

  it('every set has a current and a next key from the start, and the next ones are published', async () => {
    const all = await listed();
    const sets = [...new Set(all.map(({ set }) => set))];
    expect(sets.length).to.be.greaterThan(4);
    for (const set of sets)
      expect(all.filter((one) => one.set === set).map(({ state }) => state)).to.deep.equal([
        'current',
        'next',
      ]);
    const { body } = await stack.api.call<{ keys: { kid: string }[] }>(
      'GET',
      '/.well-known/jwks.json',
    );
    const published = all.filter(({ set }) => /^(access|active|ticket)/.test(set));
    expect(body.keys.map(({ kid }) => kid)).to.include.members(published.map(({ kid }) => kid));
  });

  it('rotate: no call fails, the next keys sign, and tokens from before stay good', async () => {
    const before = await listed();
    const nextOf = (set: string) =>
      before.find((one) => one.set === set && one.state === 'next')?.kid;
    const oldAccess = await logInAgain();
    const load = keepCalling();
    await keys('rotate');
    await eventually(async () =>
      expect(kidOf((await logInAgain()).accessToken)).to.equal(nextOf('access-token')),
    );
    const [fan] = await stack.fans(1);
    await eventually(async () => {
      await fan?.join(concert.concertId);
      expect(kidOf(fan?.queueToken)).to.equal(nextOf('waiting-token'));
    });
    expect(await load.stop()).to.deep.equal([]);
    expect((await oldAccess.call('GET', '/points')).status).to.equal(200);
  });

  it('retire: what the key has signed is refused soon, and its holders get on with new tokens', async () => {
    const { concertId } = concert;
    const [insider] = insiders;
    const [waiter] = waiting;
    if (!insider || !waiter) throw new Error('no fans');
    const active = kidOf(insider.queueToken);
    const place = (await waiter.join(concertId)).body.queueId;
    const schedules = () => insider.call('GET', `/concerts/${concertId}/schedules`);
    expect((await schedules()).status).to.equal(200);

    await keys('retire', active);
    await keys('retire', kidOf(waiter.queueToken));
    await eventually(async () => expect((await schedules()).status).to.equal(401));
    await eventually(async () => expect((await waiter.status(concertId)).status).to.equal(401));

    const again = await insider.join(concertId);
    expect(again.status, JSON.stringify(again.body)).to.equal(200);
    expect(kidOf(insider.queueToken)).not.to.equal(active);
    expect((await schedules()).status).to.equal(200);
    expect((await waiter.join(concertId)).body.queueId).to.equal(place);
    expect((await waiter.status(concertId)).status).to.equal(200);
    expect((await listed()).map(({ kid }) => kid)).not.to.include(active);
  });

  it('retire of the key between the services: calls go on with the next one', async () => {
    const current = (await listed()).find(
      ({ set, state }) => set === 'assertion' && state === 'current',
    );
    await keys('retire', String(current?.kid));
    const [insider] = insiders;
    await eventually(async () =>
      expect((await insider?.call('GET', '/points'))?.status).to.equal(200),
    );
    await eventually(async () => expect((await logInAgain()).accessToken).to.be.a('string'));
  });

  it('names a key or a set that is not there', async () => {
    expect(await keys('retire', 'nobody').catch((error: Error) => error.message)).to.match(
      /No key nobody/,
    );
    expect(await keys('rotate', 'nothing').catch((error: Error) => error.message)).to.match(
      /No key set nothing; there are access-token/,
    );
  });
});
