import type { Pause, SaleWish } from './sale-wishes.ts';

type Step = SaleWish | Pause;

/** What once went wrong, as short as it was shrunk to. Tried before anything else. */
export const saleCases: readonly Step[][] = [];
export const parallelCases: readonly { before: Step[]; clients: SaleWish[][] }[] = [];
