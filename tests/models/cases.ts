import type { LineRace, LineStep, PolicyChange } from './line-steps.ts';
import type { Pause, SaleWish } from './sale-wishes.ts';

type Step = SaleWish | Pause;

/** What once went wrong, as short as it was shrunk to. Tried before anything else. */
export const saleCases: readonly Step[][] = [];
export const parallelCases: readonly { before: Step[]; clients: SaleWish[][] }[] = [];
export const lineCases: readonly { policy: PolicyChange; steps: LineStep[] }[] = [
  // A sign of life that came to Redis after its holder had left was counted as somebody who waits.
  {
    policy: { maxActive: 0, admitPerSecond: 0, control: 'OPEN' },
    steps: [
      { do: 'join', user: '1' },
      { do: 'status', user: '1' },
      { do: 'leave', user: '1' },
      { do: 'join', user: '7' },
      { do: 'advance', ms: 12_411 },
      { do: 'join', user: '1' },
      { do: 'status', user: '7' },
      { do: 'activate', user: '1' },
    ],
  },
  // A sign of life stayed with a gateway while the clock went on: the test has to wait for it.
  {
    policy: { maxActive: 0, admitPerSecond: 0, control: 'OPEN' },
    steps: [
      { do: 'join', user: '3' },
      { do: 'extend', user: '3' },
      { do: 'advance', ms: 107_361 },
      { do: 'join', user: '6' },
      { do: 'advance', ms: 12_639 },
      { do: 'status', user: '6' },
    ],
  },
];
export const lineRaceCases: readonly LineRace[] = [];
