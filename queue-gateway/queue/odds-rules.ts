import type { AdmissionLimit, EtaReason, Phase } from '../../shared/contracts/queue.ts';

/** What somebody who waits can expect, from what was measured. */

/** How fast the front passes living people. */
export interface FrontPace {
  perSecond: number;
  /** Variance of the people of a second; 0 for a front that never varies. */
  spread: number;
}

/** How many of the living come when it is their turn, and what they buy. */
export interface Demand {
  /** Seats that can be sold now. */
  sellable: number;
  /** People inside who hold no seat yet. */
  undecided: number;
  noShow: number;
  /** Share of visits that buy. */
  conversion: number;
  seatsPerOrder: number;
}

/** Of the standard normal distribution: half, and nine tenths, lie below. */
export const quantiles = { p50: 0, p90: 1.2816 } as const;

/**
 * Seconds until `ahead` living people and then this one are let in, not longer in that share of
 * cases: people let in over a time t are about normal with mean `perSecond` × t and variance
 * `spread` × t.
 */
export function waitSeconds(ahead: number, pace: FrontPace, quantile: number): number {
  const { perSecond, spread } = pace;
  const reach = quantile * Math.sqrt(spread);
  const root = (reach + Math.sqrt(reach ** 2 + 4 * perSecond * (ahead + 1))) / (2 * perSecond);
  return Math.ceil(Number((root ** 2).toPrecision(12)));
}

/** Standard normal distribution function (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x >= 0 ? 1 - tail : tail;
}

/** The chance, 0 … 1, that a seat is left after `ahead` living people had their turn. */
export function seatChance(ahead: number, demand: Demand): number {
  const { sellable, undecided, noShow, conversion, seatsPerOrder } = demand;
  if (sellable <= 0) return 0;
  const buys = (1 - noShow) * conversion;
  const mean = seatsPerOrder * (ahead * buys + undecided * conversion);
  const variance =
    seatsPerOrder ** 2 * (ahead * buys * (1 - buys) + undecided * conversion * (1 - conversion));
  const over = sellable - 0.5 - mean;
  if (variance <= 0) return over >= 0 ? 1 : 0;
  return Number(normalShare(over / Math.sqrt(variance)).toFixed(2));
}

/** What this process told somebody last. */
export interface ToldEta {
  etaSeconds: number;
  perSecond: number;
  /** Why there was no ETA since. */
  silence: EtaReason | null;
}

export interface EtaNow {
  etaSeconds: number | null;
  perSecond: number;
  phase: Phase;
  limit: AdmissionLimit;
}

/** An ETA that comes out later by less than this is noise, and what was told stays. */
const noise = 1.1;

const limitReasons: Partial<Record<AdmissionLimit, EtaReason>> = {
  pressure: 'pressure',
  slots: 'slots',
  seats: 'seats',
};

/** Why nobody can say how long it takes. */
function silenceReason({ phase, limit }: EtaNow): EtaReason | null {
  if (phase === 'SOLD_OUT_LIKELY' || phase === 'SOLD_OUT') return 'seats';
  return phase === 'OPEN' ? (limitReasons[limit] ?? null) : 'paused';
}

/**
 * What is told: never later than what was told last without a reason.
 * @param last `undefined` for who has been told nothing yet.
 */
export function tellEta(
  last: ToldEta | undefined,
  now: EtaNow,
): { etaSeconds: number | null; etaReason: EtaReason | null; told: ToldEta | undefined } {
  const { etaSeconds, perSecond, limit } = now;
  if (etaSeconds === null) {
    const etaReason = silenceReason(now);
    const told = last && { ...last, silence: etaReason ?? last.silence };
    return { etaSeconds, etaReason, told };
  }
  const told = { etaSeconds, perSecond, silence: null };
  if (!last || etaSeconds <= last.etaSeconds) return { etaSeconds, etaReason: null, told };
  if (etaSeconds <= last.etaSeconds * noise)
    return { etaSeconds: last.etaSeconds, etaReason: null, told: { ...last, silence: null } };
  const slower = perSecond < last.perSecond;
  const cause = slower ? (limitReasons[limit] ?? 'slower') : 'more-ahead';
  return { etaSeconds, etaReason: last.silence ?? cause, told };
}
