import { expect } from 'chai';
import fc from 'fast-check';
import { audit } from '../../scripts/audit.ts';
import { type CoreWorld, openCoreWorld } from '../core/core-world.ts';
import { parallelCases, saleCases } from './cases.ts';
import { linearize } from './linearize.ts';
import { openSaleHall, type SaleHall } from './sale-hall.ts';
import {
  emptySale,
  type SaleAnswer,
  type SaleCall,
  type SaleModel,
  saleModel,
  type SaleState,
  stepSale,
} from './sale-model.ts';
import { createSaleBook, fans, type Pause, pauseArb, prices } from './sale-wishes.ts';
import { type SaleWish, wishArb } from './sale-wishes.ts';
import { checkOptions } from './check-options.ts';

type Step = SaleWish | Pause;

interface SeenCall {
  call: SaleCall;
  answer: SaleAnswer;
  invokedMs: number;
  returnedMs: number;
}

const told = ({ call, answer }: Pick<SeenCall, 'call' | 'answer'>): string =>
  `${JSON.stringify(call)} was answered ${answer.word} ${answer.text}`;

describe('the sale over HTTP, against a model of it', function () {
  this.timeout(180_000);
  let world: CoreWorld;
  before(async () => {
    world = await openCoreWorld({ env: { HOLD_SECONDS: '300' } });
  });
  after(() => world.close());
  afterEach(async () => {
    expect(await audit(world.databaseUrl)).to.deep.equal([]);
  });

  /** @returns the model after one call, which has to be answered as the model says. */
  async function take(
    { hall, model }: { hall: SaleHall; model: SaleModel },
    state: SaleState,
    call: SaleCall,
  ): Promise<{ state: SaleState; answer: SaleAnswer }> {
    const answer = await hall.send(call);
    const after = stepSale(state, { call, answer }, { isAlone: true }, model);
    const expected = model.refusalsOf(state, call)[0] ?? 'what the model has';
    expect(after, `${told({ call, answer })}; expected: ${expected}`).to.not.equal(undefined);
    return { state: after as SaleState, answer };
  }

  const reads = (user: number): SaleWish[] => [
    { do: 'balance', user },
    { do: 'list', user },
    { do: 'map', user },
  ];

  async function inSequence(steps: readonly Step[], model: SaleModel): Promise<void> {
    const hall = await openSaleHall(world, { fans, prices });
    const book = createSaleBook(hall.users);
    let state = emptySale(prices);
    const last = Array.from({ length: fans }, (_, user) => reads(user)).flat();
    for (const step of [...steps, ...last]) {
      if (step.do === 'advance') {
        await hall.advance(step.ms);
        state = { ...state, nowMs: state.nowMs + step.ms };
        continue;
      }
      const next = await take({ hall, model }, state, book.next(step));
      state = next.state;
      book.learn(next.answer);
    }
  }

  const stepsArb = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: wishArb as fc.Arbitrary<Step> },
      { weight: 1, arbitrary: pauseArb },
    ),
    { minLength: 10, maxLength: 40 },
  );
  const sequences = (model: SaleModel) =>
    fc.asyncProperty(stepsArb, (steps) => inSequence(steps, model));

  it('answers one call after the other as the model does', () =>
    fc.assert(sequences(saleModel), checkOptions({ numRuns: 40, cases: saleCases })));

  /** Each client sends its calls one after the other, all clients at once. */
  async function atOnce(hall: SaleHall, clients: readonly SaleCall[][]): Promise<SeenCall[]> {
    const seen: SeenCall[] = [];
    await Promise.all(
      clients.map(async (calls) => {
        for (const call of calls) {
          const invokedMs = performance.now();
          const answer = await hall.send(call);
          seen.push({ call, answer, invokedMs, returnedMs: performance.now() });
        }
      }),
    );
    return seen;
  }

  const meets = (a: SeenCall, b: SeenCall): boolean =>
    a !== b && a.invokedMs <= b.returnedMs && b.invokedMs <= a.returnedMs;

  /** Every state that these answers can have led to, in some order in which they can have happened. */
  function explain(state: SaleState, seen: readonly SeenCall[], model: SaleModel): SaleState[] {
    const rivals = new Map(
      seen.map((one) => [
        one,
        new Set(
          seen.flatMap((other) =>
            meets(one, other) ? [...seatsWanted(other.call), ...seatsGiven(other.answer)] : [],
          ),
        ),
      ]),
    );
    const isInUse = ({ answer }: SeenCall): boolean => answer.word === '409 idempotency-key-in-use';
    return linearize([state], seen, {
      step: (before, one) => {
        const isTwin = seen.some((other) => meets(one, other) && other.call.key === one.call.key);
        if (isInUse(one) && isTwin) return before;
        const among = { isAlone: false, rivals: rivals.get(one) ?? new Set() };
        return stepSale(before, one, among, model);
      },
      nameOf: JSON.stringify,
    });
  }

  const seatsWanted = (call: SaleCall): readonly number[] => (call.do === 'hold' ? call.seats : []);
  const seatsGiven = ({ reservations }: SaleAnswer): number[] =>
    reservations.map(({ seat }) => seat);

  async function inParallel(
    { before, clients }: { before: Step[]; clients: SaleWish[][] },
    model: SaleModel,
  ): Promise<void> {
    const hall = await openSaleHall(world, { fans, prices });
    const book = createSaleBook(hall.users);
    let state = emptySale(prices);
    for (const step of before) {
      if (step.do === 'advance') continue;
      const next = await take({ hall, model: saleModel }, state, book.next(step));
      state = next.state;
      book.learn(next.answer);
    }
    const calls = clients.map((wishes) => wishes.map((wish) => book.next(wish)));
    const seen = await atOnce(hall, calls);
    let states = explain(state, seen, model);
    const history = seen.map(told).join('\n');
    expect(states, `no order of these explains the answers:\n${history}`).to.not.have.length(0);
    // What all of it came to is one of the states that explain it.
    for (const wish of [0, 1, 2].flatMap(reads)) {
      const call = book.next(wish);
      const answer = await hall.send(call);
      states = states.filter((one) => stepSale(one, { call, answer }, { isAlone: true }, model));
      expect(states, `${told({ call, answer })}\nafter:\n${history}`).to.not.have.length(0);
    }
  }

  const parallelArb = fc.record({
    before: fc.array(wishArb as fc.Arbitrary<Step>, { minLength: 4, maxLength: 12 }),
    clients: fc.array(fc.array(wishArb, { minLength: 1, maxLength: 4 }), {
      minLength: 2,
      maxLength: 6,
    }),
  });
  const races = (model: SaleModel) =>
    fc.asyncProperty(parallelArb, (race) => inParallel(race, model));

  it('answers calls at the same moment as if they had come in some order', () =>
    fc.assert(races(saleModel), checkOptions({ numRuns: 40, cases: parallelCases })));

  /** The product is right, so a model that is wrong has to be contradicted. */
  const wrongModels: Record<string, SaleModel> = {
    'has no limit of seats': {
      ...saleModel,
      refusalsOf: (state, call) =>
        saleModel.refusalsOf(state, call).filter((word) => word !== '409 seat-limit-exceeded'),
    },
    'lets a hold be paid after its time': {
      ...saleModel,
      refusalsOf: (state, call) => saleModel.refusalsOf({ ...state, nowMs: 0 }, call),
    },
    'takes no points for a seat': {
      ...saleModel,
      accept: (state, call, answer, strictness) => {
        const after = saleModel.accept(state, call, answer, strictness);
        return call.do === 'pay' && after ? { ...after, points: state.points } : after;
      },
    },
    'gives no seat back with a refund': {
      ...saleModel,
      accept: (state, call, answer, strictness) => {
        const after = saleModel.accept(state, call, answer, strictness);
        return call.do === 'refund' && after ? { ...after, held: state.held } : after;
      },
    },
  };
  for (const [what, model] of Object.entries(wrongModels)) {
    it(`is told from a model that ${what}`, async () => {
      const { failed } = await fc.check(sequences(model), {
        ...{ numRuns: 200, endOnFailure: true, seed: 7 },
      });
      expect(failed).to.equal(true);
    });
  }

  it('is told from a model where one call of two at once is lost', async () => {
    const forgetful: SaleModel = {
      ...saleModel,
      accept: (state, call, answer, strictness) =>
        call.do === 'charge' ? state : saleModel.accept(state, call, answer, strictness),
    };
    const { failed } = await fc.check(races(forgetful), { numRuns: 100, endOnFailure: true });
    expect(failed).to.equal(true);
  });
});
