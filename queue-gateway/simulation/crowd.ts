import { seededRandom } from '../../shared/seeded-random.ts';

/** What a sale is tried with. Shares are 0 … 1. */
export interface SaleOptions {
  fans: number;
  seats: number;
  admitPerSecond: number;
  maxActive: number;
  claimSeconds: number;
  graceSeconds: number;
  /** Who is not there when the turn comes. */
  noShow: number;
  /** Who closes the page while waiting, and says nothing. */
  abandon: number;
  /** Who buys, of those inside. */
  convert: number;
  /** Seats of one order, on average. */
  seatsPerOrder: number;
  /** Time inside, on average. */
  checkoutSeconds: number;
  /** Within which everybody has joined; most of them early. */
  arriveSeconds: number;
  /** The same seed, the same sale. */
  seed: number;
}

/** One who came, and what will become of them. */
export interface SimFan {
  userId: string;
  arrivesAt: number;
  /** Second at which the page is closed, or never. */
  leavesAt: number;
  comes: boolean;
  checkoutSeconds: number;
  /** 0 for one who only looks. */
  wishes: number;
}

const exponential = (dice: () => number, mean: number): number => -Math.log(1 - dice()) * mean;

/** Who gives up does so after ten minutes, on average. */
const patienceSeconds = 600;
const leastCheckoutSeconds = 5;
const seatsMax = 4;

/** Everybody, in the order of their arrival. */
export function makeCrowd(options: SaleOptions): SimFan[] {
  const dice = seededRandom(options.seed);
  const arrive = (): number =>
    Math.min(exponential(dice, options.arriveSeconds / 4), options.arriveSeconds);
  const order = (): number => {
    const spread = options.seatsPerOrder - 1 + dice() * 2 - 0.5;
    return Math.min(seatsMax, Math.max(1, Math.round(spread)));
  };
  const arrivals = Array.from({ length: options.fans }, arrive).sort((a, b) => a - b);
  return arrivals.map((arrivesAt, at) => ({
    userId: String(at + 1),
    arrivesAt,
    leavesAt: dice() < options.abandon ? arrivesAt + exponential(dice, patienceSeconds) : Infinity,
    comes: dice() >= options.noShow,
    checkoutSeconds: leastCheckoutSeconds + exponential(dice, options.checkoutSeconds),
    wishes: dice() < options.convert ? order() : 0,
  }));
}
