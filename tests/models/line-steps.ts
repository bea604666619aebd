import fc from 'fast-check';
import type { ModelPolicy } from '../line/line-model.ts';

export type PolicyChange = Pick<ModelPolicy, 'maxActive' | 'admitPerSecond' | 'control'>;
export interface AskStep {
  do: 'join' | 'status' | 'extend' | 'activate' | 'leave';
  user: string;
}
/** What is answered by one step in Redis, never from the memory of a gateway. */
export interface RaceCall {
  do: 'join' | 'activate' | 'leave';
  user: string;
}
/** One after the other, then clients at the same moment. */
export interface LineRace {
  policy: PolicyChange;
  before: RaceCall[];
  clients: RaceCall[][];
}
export type LineStep =
  AskStep | { do: 'advance'; ms: number } | { do: 'policy'; policy: PolicyChange };

/** Accounts `1` to this. */
export const fans = 8;
const user = fc.integer({ min: 1, max: fans }).map(String);

export const policyArb: fc.Arbitrary<PolicyChange> = fc.record({
  maxActive: fc.integer({ min: 0, max: 4 }),
  admitPerSecond: fc.constantFrom(0, 0.25, 1, 100),
  control: fc.constantFrom('OPEN', 'OPEN', 'OPEN', 'OPEN', 'PAUSED', 'CLOSED'),
});

const ask = (what: AskStep['do']) => fc.record({ do: fc.constant(what), user });
/** Of 40 steps a few: an end is remembered for ten minutes only, which no run may reach. */
const advance = fc.record({
  do: fc.constant('advance' as const),
  ms: fc.oneof(fc.nat(3_000), fc.nat(25_000), fc.nat(65_000)),
});

export const stepArb: fc.Arbitrary<LineStep> = fc.oneof(
  { weight: 8, arbitrary: ask('join') },
  { weight: 4, arbitrary: ask('status') },
  { weight: 1, arbitrary: ask('extend') },
  { weight: 5, arbitrary: ask('activate') },
  { weight: 2, arbitrary: ask('leave') },
  { weight: 4, arbitrary: advance },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('policy' as const), policy: policyArb }),
  },
);

const few = fc.integer({ min: 1, max: 4 }).map(String);
const call = (what: RaceCall['do']) => fc.record({ do: fc.constant(what), user: few });
const raceCall: fc.Arbitrary<RaceCall> = fc.oneof(
  { weight: 4, arbitrary: call('join') },
  { weight: 1, arbitrary: call('activate') },
  { weight: 2, arbitrary: call('leave') },
);

/** Few accounts, so that several clients are the same one. */
export const raceArb: fc.Arbitrary<LineRace> = fc.record({
  policy: fc.record({
    maxActive: fc.integer({ min: 0, max: 3 }),
    admitPerSecond: fc.constantFrom(1, 100),
    control: fc.constant('OPEN' as const),
  }),
  before: fc.array(raceCall, { maxLength: 6 }),
  clients: fc.array(fc.array(raceCall, { minLength: 1, maxLength: 3 }), {
    minLength: 2,
    maxLength: 4,
  }),
});
