import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { drawPlace, seedText } from '../../shared/draw.ts';
import type { JoinedPlace } from '../../queue-gateway/queue/queue-types.ts';
import {
  type DrivenLine,
  type DrivenRoom,
  drawSecret,
  openDraw,
  openDrivenLine,
  startMs,
} from './driven-room.ts';
import { LineModel, type ModelClaims, type ModelPolicy } from './line-model.ts';

const fans = 12;
const userArb = fc.integer({ min: 1, max: fans }).map(String);
type PolicyChange = Pick<ModelPolicy, 'maxActive' | 'admitPerSecond' | 'control'>;
const policyArb: fc.Arbitrary<PolicyChange> = fc.record({
  maxActive: fc.integer({ min: 0, max: 5 }),
  admitPerSecond: fc.constantFrom(0, 0.25, 1, 3, 100),
  control: fc.constantFrom('OPEN', 'OPEN', 'OPEN', 'PAUSED', 'CLOSED'),
});

const stepArb = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('join' as const), user: userArb }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('status' as const), user: userArb }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('activate' as const), user: userArb }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('extend' as const), user: userArb }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), user: userArb }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('live' as const), users: fc.array(userArb) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.oneof(fc.nat(3_000), fc.nat(40_000), fc.nat(130_000)),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('seal' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policy' as const), policy: policyArb }) },
);
type Step = typeof stepArb extends fc.Arbitrary<infer One> ? One : never;

const claimMs = 20_000;
const activeMs = 90_000;
const idleMs = 50_000;
const seconds = { claimSeconds: 20, activeSeconds: 90, idleSeconds: 50, graceSeconds: 0 };

/** A room on the Lua, the model of it, and what its fans were given. */
interface Pair {
  room: DrivenRoom;
  model: LineModel;
  held: Map<string, { number: number; index: number }>;
  version: number;
  more: object;
}

const wordOf = (place: JoinedPlace): string => {
  if (place.word === 'REGISTERED') return `${place.word} ${place.index}`;
  return 'number' in place ? `${place.word} ${place.number}` : place.word;
};

describe('the line, against a model of it', () => {
  let line: DrivenLine;
  before(async () => {
    line = await openDrivenLine();
  });
  after(() => line.close());

  async function open(draw: boolean, policy: PolicyChange): Promise<Pair> {
    const opensAt = draw ? startMs + 60_000 : 0;
    const times = {
      order: 'draw',
      draw: openDraw,
      preQueueOpensAt: new Date(startMs - 1_000).toISOString(),
      opensAt: new Date(opensAt).toISOString(),
    } as const;
    const more = { ...seconds, ...policy, ...(draw ? times : {}) };
    const room = await line.makeRoom(more);
    const model = new LineModel({ ...policy, claimMs, activeMs, idleMs, opensAt, draw }, startMs);
    return { room, model, held: new Map(), version: 1, more };
  }

  const entryOf = ({ user, number, index }: ModelClaims) => ({
    userId: user,
    number,
    index,
    epoch: 1,
    jti: '',
    tokenEnd: 0,
  });

  async function configure(pair: Pair, change: object): Promise<void> {
    pair.version += 1;
    pair.more = { ...pair.more, ...change };
    await pair.room.configure({ ...pair.more, version: pair.version });
  }

  /** What the core does with a registration that is closed. */
  async function seal(pair: Pair): Promise<void> {
    const { room, model } = pair;
    if (!model.isClosed()) return;
    const { closed } = await room.tick();
    model.tick();
    if (!closed) throw new Error('the model has closed registration, and the Lua has not');
    const facts = { concertId: room.id, secret: drawSecret, ...closed };
    const seed = createHash('sha256').update(seedText(facts)).digest();
    const hmac = (text: string): Buffer => createHmac('sha256', seed).update(text).digest();
    await configure(pair, { draw: { ...openDraw, ...closed, secret: drawSecret } });
    model.seal((index) => closed.base + drawPlace(index, closed.registered, hmac));
  }

  async function join({ room, model, held }: Pair, user: string): Promise<void> {
    const place = await room.join(user);
    expect(wordOf(place), `join of ${user}`).to.equal(model.join(user));
    if (place.word === 'REGISTERED') held.set(user, { number: 0, index: place.index });
    else if ('number' in place) held.set(user, { number: place.number, index: 0 });
  }

  const placeText = ({ word, ...more }: { word: string }): string =>
    word === 'ENDED' ? `ENDED ${String((more as { reason?: string }).reason)}` : word;

  async function ask({ room, model, held }: Pair, step: Step & { user: string }): Promise<void> {
    const own = held.get(step.user);
    if (!own) return;
    const claims = model.claimsOf(step.user, own);
    const entry = entryOf(claims);
    const what = `${step.do} of ${JSON.stringify(claims)}`;
    if (claims.number === 0) {
      if (step.do !== 'leave') return;
      await line.store.unregister(room.id, entry);
      model.unregister(claims);
    } else if (step.do === 'status') {
      expect(placeText(await room.status(entry)), what).to.equal(model.status(claims));
    } else if (step.do === 'activate') {
      expect(placeText(await room.activate(entry)), what).to.equal(model.activate(claims));
    } else if (step.do === 'extend') {
      expect(placeText(await room.extend(entry)), what).to.equal(model.extendTurn(claims));
    } else {
      const reason = await room.leave(entry);
      const expected = model.leave(claims);
      expect(reason === undefined ? 'left' : `ENDED ${reason}`, what).to.equal(expected);
    }
  }

  async function take(pair: Pair, step: Step): Promise<void> {
    const { room, model, held } = pair;
    if (step.do === 'join') return join(pair, step.user);
    if (step.do === 'seal') return seal(pair);
    if (step.do === 'advance') {
      model.advance(step.ms);
      return room.advance(step.ms);
    }
    if (step.do === 'policy') {
      Object.assign(model.policy, step.policy);
      return configure(pair, step.policy);
    }
    if (step.do === 'live') {
      const numbers = step.users
        .map((user) => held.get(user))
        .map((own) => (own ? model.claimsOf('', own).number : 0))
        .filter((number) => number > 0);
      model.touch(numbers);
      return room.touch(...numbers);
    }
    if (step.do !== 'tick') return ask(pair, step);
    const { front, tail, slots, living } = await room.tick();
    expect({ front, tail, slots, living }, 'tick').to.deep.equal(model.tick());
  }

  for (const [what, draw] of [
    ['first come, first served', false],
    ['by a draw', true],
  ] as const) {
    it(`answers the same to whatever fans and operators do, ${what}`, async () => {
      const steps = fc.array(stepArb, { minLength: 10, maxLength: 60 });
      const property = fc.asyncProperty(policyArb, steps, async (policy, all) => {
        const pair = await open(draw, policy);
        for (const step of all) await take(pair, step);
        await take(pair, { do: 'tick' });
      });
      await fc.assert(property, { numRuns: 80, interruptAfterTimeLimit: 6_000 });
    }).timeout(60_000);
  }
});
