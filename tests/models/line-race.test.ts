import { expect } from 'chai';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { testRedisUrl } from '../harness/test-stores.ts';
import { startMs } from '../line/driven-room.ts';
import { type Gateways, startGateways } from '../line/gateways.ts';
import { LineModel, type ModelPolicy } from '../line/line-model.ts';
import { lineRaceCases } from './cases.ts';
import { checkOptions } from './check-options.ts';
import { type LineHall, type LineTab, openLineHall, toldOf } from './line-hall.ts';
import { fans, type LineRace, type RaceCall, raceArb } from './line-steps.ts';
import { linearize } from './linearize.ts';

/** A call and what it was told; `number` is the one joined with, or the one of the token sent. */
interface Seen {
  do: RaceCall['do'];
  user: string;
  number: number;
  word: string;
  isNew: boolean;
  invokedMs: number;
  returnedMs: number;
}

const told = ({ do: what, user, number, word }: Seen): string =>
  `${what} of ${user}, number ${number}: ${word}`;

/** Nothing but what the room was told, in this order: a model can be made of it again. */
type Past = readonly Seen[];

describe('the line over HTTP at the same moment, against a model of it', function () {
  this.timeout(180_000);
  let line: Gateways;
  let redis: Redis;
  let asked = 0;
  before(async () => {
    line = await startGateways({ count: 2 });
    redis = new Redis(testRedisUrl());
  });
  after(async () => {
    redis.disconnect();
    await line.close();
  });

  function answerOf(model: LineModel, { do: what, user, number }: Seen): string {
    if (what === 'join') return model.join(user);
    return toldOf(what, model[what]({ user, number, index: 0 }));
  }

  function replay(policy: ModelPolicy, past: Past, Model: typeof LineModel): LineModel {
    const model = new Model({ ...policy }, startMs);
    model.tick();
    for (const seen of past) answerOf(model, seen);
    return model;
  }

  /** Who comes when it is their turn has taken it: two steps, between which others may come. */
  function stepsOf(seen: Seen): Seen[] {
    if (seen.do !== 'join' || !seen.isNew || seen.word !== 'ACTIVE') return [seen];
    return [
      { ...seen, word: 'READY' },
      { ...seen, do: 'activate' },
    ];
  }

  async function send(tab: LineTab, numbers: Map<string, number>, call: RaceCall): Promise<Seen[]> {
    const { do: what, user } = call;
    const invokedMs = performance.now();
    const times = () => ({ invokedMs, returnedMs: performance.now() });
    if (what === 'join') {
      const joined = await tab.join(user);
      numbers.set(user, joined.number);
      return stepsOf({ ...call, ...joined, ...times() });
    }
    const number = numbers.get(user);
    if (number === undefined) return [];
    const word = await tab.ask(what, user);
    return [{ ...call, number, word, isNew: false, ...times() }];
  }

  /** Each client has tabs of its own, and does one thing after the other. */
  async function atOnce(hall: LineHall, clients: readonly RaceCall[][]): Promise<Seen[]> {
    const seen = await Promise.all(
      clients.map(async (calls) => {
        const [tab, numbers, own] = [hall.openTab(), new Map<string, number>(), [] as Seen[]];
        for (const call of calls) own.push(...(await send(tab, numbers, call)));
        return own;
      }),
    );
    return seen.flat();
  }

  async function race({ policy: change, before, clients }: LineRace, Model = LineModel) {
    const times = { claimMs: 20_000, activeMs: 90_000, idleMs: 50_000, opensAt: 0, draw: false };
    const policy: ModelPolicy = { ...times, ...change };
    const hall = await openLineHall({ line, redis, at: () => (asked += 1) }, policy);
    await hall.tick();
    const isAsAnswered = (past: Past, seen: Seen): Past | undefined => {
      const expected = answerOf(replay(policy, past, Model), seen);
      const said = seen.do === 'join' ? `${seen.word} ${seen.number}` : seen.word;
      return said === expected ? [...past, seen] : undefined;
    };
    const spec = { step: isAsAnswered, nameOf: (past: Past) => past.map(told).join() };
    const first = await atOnce(hall, [before]);
    const seen = await atOnce(hall, clients);
    let pasts = linearize(linearize([[] as Past], first, spec), seen, spec);
    const history = [...first, ...seen].map(told).join('\n');
    expect(pasts, `no order of these explains the answers:\n${history}`).to.not.have.length(0);
    // What all of it came to is what one of these orders comes to.
    const room = JSON.stringify(await hall.tick());
    pasts = pasts.filter((past) => JSON.stringify(replay(policy, past, Model).tick()) === room);
    expect(pasts, `${room}\nafter:\n${history}`).to.not.have.length(0);
    const everybody = Array.from({ length: fans }, (_, at) => String(at + 1));
    const last = await atOnce(hall, [everybody.map((user) => ({ do: 'join', user }))]);
    const after = linearize(pasts, last, spec);
    const story = `${history}\nand then:\n${last.map(told).join('\n')}`;
    expect(after, `not what any order comes to:\n${story}`).to.not.have.length(0);
  }

  const property = (Model: typeof LineModel) =>
    fc.asyncProperty(raceArb, (one) => race(one, Model));

  it('answers at two gateways as if calls had come in some order', () =>
    fc.assert(property(LineModel), checkOptions({ numRuns: 40, cases: lineRaceCases })));

  it('is told from a model where a second tab is another fan', async () => {
    class TwoFaced extends LineModel {
      private readonly seen = new Set<string>();
      override join(user: string): string {
        const name = this.seen.has(user) ? `${user} again` : user;
        this.seen.add(user);
        return super.join(name);
      }
    }
    const { failed } = await fc.check(property(TwoFaced), {
      ...{ numRuns: 60, endOnFailure: true, seed: 7 },
    });
    expect(failed).to.equal(true);
  });
});
