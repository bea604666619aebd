import { expect } from 'chai';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually.ts';
import { testRedisUrl } from '../harness/test-stores.ts';
import { startMs } from '../line/driven-room.ts';
import { type Gateways, startGateways } from '../line/gateways.ts';
import { LineModel, type ModelPolicy } from '../line/line-model.ts';
import { lineCases } from './cases.ts';
import { checkOptions } from './check-options.ts';
import { type LineHall, type LineWord, openLineHall, toldOf } from './line-hall.ts';
import {
  type AskStep,
  type LineStep,
  policyArb,
  type PolicyChange,
  stepArb,
} from './line-steps.ts';

interface Pair {
  hall: LineHall;
  model: LineModel;
  numbers: Map<string, number>;
  tail: number;
}

/** A gateway that has not heard of the front's last step yet says so; then it is asked again. */
const mayLag = (what: string, said: LineWord, expected: LineWord): boolean =>
  said !== expected &&
  ((what === 'status' && said === 'WAITING') || (what === 'extend' && said === 'not-your-turn'));

describe('the line over HTTP, against a model of it', function () {
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

  async function open(change: PolicyChange, Model = LineModel): Promise<Pair> {
    const times = { claimMs: 20_000, activeMs: 90_000, idleMs: 50_000, opensAt: 0, draw: false };
    const policy: ModelPolicy = { ...times, ...change };
    const hall = await openLineHall({ line, redis, at: () => (asked += 1) }, policy);
    return { hall, model: new Model(policy, startMs), numbers: new Map(), tail: 0 };
  }

  const claimsOf = ({ model, numbers }: Pair, user: string) =>
    model.claimsOf(user, { number: numbers.get(user) ?? 0, index: 0 });

  async function join(pair: Pair, user: string): Promise<void> {
    const { hall, model, numbers } = pair;
    const said = await hall.join(user);
    const [word = '', number = ''] = model.join(user).split(' ');
    if (word === 'closed') {
      expect(said.word, `join of ${user}`).to.equal('room-closed');
      return;
    }
    const isNew = Number(number) > pair.tail;
    numbers.set(user, Number(number));
    // Who comes when it is their turn already has taken it.
    const isTaken = word === 'READY' && isNew;
    if (isTaken) model.activate(claimsOf(pair, user));
    const expected = { word: isTaken ? 'ACTIVE' : word, isNew, number: Number(number) };
    expect(said, `join of ${user}`).to.deep.equal(expected);
  }

  async function ask(pair: Pair, step: AskStep): Promise<void> {
    const { hall, model } = pair;
    const { do: what, user } = step;
    if (what === 'join') return join(pair, user);
    if (!hall.hasToken(user)) return;
    const claims = claimsOf(pair, user);
    const word = what === 'extend' ? model.extendTurn(claims) : model[what](claims);
    const expected = toldOf(what, word);
    const asks = () => hall.ask(what, user);
    const isSign = what === 'status' && word === 'WAITING';
    let said = await (isSign ? hall.showLife(claims.number, asks) : asks());
    if (mayLag(what, said, expected)) {
      said = await eventually(async () => {
        const again = await asks();
        if (mayLag(what, again, expected)) throw new Error(`${what} of ${user} is still ${again}`);
        return again;
      });
    }
    expect(said, `${what} of ${user}, number ${claims.number}`).to.equal(expected);
    // Not a sign of life if Redis was asked, but if memory was: then both gateways are asked for one.
    if (what === 'extend' && word === 'WAITING')
      for (let at = 0; at < 2; at += 1) await ask(pair, { do: 'status', user });
  }

  async function tick(pair: Pair, step: LineStep): Promise<void> {
    const seen = await pair.hall.tick();
    expect(seen, `after ${JSON.stringify(step)}`).to.deep.equal(pair.model.tick());
    pair.tail = seen.tail;
  }

  async function take(pair: Pair, step: LineStep): Promise<void> {
    const { hall, model } = pair;
    if (step.do === 'advance') {
      model.advance(step.ms);
      await hall.advance(step.ms);
    } else if (step.do === 'policy') {
      const { control, ...policy } = step.policy;
      model.policy.control = control;
      await hall.control(control);
      // Whoever can be let in between the two is.
      await tick(pair, step);
      Object.assign(model.policy, policy);
      await hall.configure(policy);
    } else {
      await ask(pair, step);
    }
    await tick(pair, step);
  }

  async function follow(policy: PolicyChange, steps: LineStep[], Model = LineModel) {
    const pair = await open(policy, Model);
    for (const step of steps) await take(pair, step);
  }

  const stepsArb = fc.array(stepArb, { minLength: 10, maxLength: 40 });
  const raceArb = fc.record({ policy: policyArb, steps: stepsArb });
  const property = (Model: typeof LineModel) =>
    fc.asyncProperty(raceArb, ({ policy, steps }) => follow(policy, steps, Model));

  it('answers at two gateways as the model does', () =>
    fc.assert(property(LineModel), checkOptions({ numRuns: 25, cases: lineCases })));

  it('is told from a model that lets in one more', async () => {
    class Generous extends LineModel {
      constructor(policy: ModelPolicy, nowMs: number) {
        super({ ...policy, maxActive: policy.maxActive + 1 }, nowMs);
      }
    }
    const { failed } = await fc.check(property(Generous), {
      ...{ numRuns: 60, endOnFailure: true, seed: 7 },
    });
    expect(failed).to.equal(true);
  });
});
