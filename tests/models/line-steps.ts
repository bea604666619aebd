import fc from 'fast-check';
import type { ModelPolicy } from '../line/line-model.ts';

export type PolicyChange = Pick<ModelPolicy, 'maxActive' | 'admitPerSecond' | 'control'>;
export interface AskStep {
  do: 'join' | 'status' | 'extend' | 'activate' | 'leave';
  user: string;
}
export type LineStep =
  AskStep | { do: 'advance'; ms: number } | { do: 'policy'; policy: PolicyChange };

const fans = 8;
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
