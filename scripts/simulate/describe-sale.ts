import { quantile } from '../../shared/quantile.ts';
import type { SaleFigures } from '../../queue-gateway/simulation/sale-figures.ts';

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;

const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`;

/** For a person to read. */
export function describeSale(figures: SaleFigures): string {
  const { waits, turns, turnsNotTaken } = figures;
  const wait = (share: number): string => clock(quantile(waits, share));
  return [
    `sold            ${figures.sold} seats, ` +
      (figures.soldOutSeconds === null
        ? `not sold out after ${clock(figures.lastedSeconds)}`
        : `sold out after ${clock(figures.soldOutSeconds)}`),
    `inside          ${waits.length} people, ${figures.mostInside} at once at most`,
    `wait            p50 ${wait(0.5)}  p90 ${wait(0.9)}  p99 ${wait(0.99)}  longest ${wait(1)}`,
    `turns           ${turns}, not taken ${turnsNotTaken} (${percent(turnsNotTaken, turns)})`,
    `slots not used  ${Math.round(figures.slotSecondsNotUsed)} slot-seconds`,
    `still waiting   ${figures.waitingAtEnd}`,
    `fairness        ${figures.fairness.toFixed(4)} (Kendall's tau of number against admission)`,
  ].join('\n');
}
