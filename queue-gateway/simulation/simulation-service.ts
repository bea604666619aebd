import { quantile } from '../../shared/quantile.ts';
import type { SaleForecast, SaleTrial } from '../../shared/contracts/simulation.ts';
import { Problem } from '../../shared/problems.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { SaleOptions } from './crowd.ts';
import { runSale } from './run-sale.ts';
import type { SaleFigures } from './sale-figures.ts';
import type { SimulationStore } from './simulation-store.ts';

/** A policy tried before it is in force. */
export interface SimulationService {
  /** @throws Problem `not-found`; `too-many-requests` while another one is played. */
  play(roomId: string, trial: SaleTrial): Promise<SaleForecast>;
}

/** The Redis of the line has other work: few people, and not for long. */
const bounds = { people: 2_000, playMs: 8_000, retrySeconds: 5 } as const;
const seed = 1;

/**
 * A large crowd is played by a part of it, with as small a part of the seats, the places and the
 * rate: times are the same, counts are multiplied.
 */
export function toOptions(
  trial: SaleTrial,
  policy: Pick<SaleOptions, 'claimSeconds' | 'graceSeconds'>,
): { peopleEach: number; options: SaleOptions } {
  const { people, seats, maxActive, admitPerSecond } = trial;
  const peopleEach = Math.max(1, people / bounds.people);
  const part = (whole: number): number => Math.max(1, Math.round(whole / peopleEach));
  return {
    peopleEach,
    options: {
      fans: part(people),
      seats: part(seats),
      maxActive: part(maxActive),
      admitPerSecond: admitPerSecond / peopleEach,
      claimSeconds: trial.claimSeconds ?? policy.claimSeconds,
      graceSeconds: trial.graceSeconds ?? policy.graceSeconds,
      noShow: trial.noShow,
      abandon: trial.abandon,
      convert: trial.convert,
      seatsPerOrder: trial.seatsPerOrder,
      checkoutSeconds: trial.visitSeconds,
      arriveSeconds: trial.arriveSeconds,
      seed,
    },
  };
}

export function toForecast(figures: SaleFigures, peopleEach: number): SaleForecast {
  const { waits, turns, turnsNotTaken } = figures;
  const whole = (count: number): number => Math.round(count * peopleEach);
  const wait = (share: number): number | null =>
    waits.length === 0 ? null : Math.round(quantile(waits, share));
  return {
    isWhole: figures.isWhole,
    peopleEach: Math.round(peopleEach * 100) / 100,
    lastedSeconds: figures.lastedSeconds,
    soldOutSeconds: figures.soldOutSeconds,
    sold: whole(figures.sold),
    peopleIn: whole(waits.length),
    mostInside: whole(figures.mostInside),
    waitP50Seconds: wait(0.5),
    waitP90Seconds: wait(0.9),
    waitLongestSeconds: wait(1),
    notTakenShare: turns === 0 ? 0 : turnsNotTaken / turns,
    waitingAtEnd: whole(figures.waitingAtEnd),
  };
}

export function createSimulationService(options: {
  store: SimulationStore;
  rooms: Pick<RoomDirectory, 'ensure'>;
  /** Monotonic, in ms. */
  now: () => number;
}): SimulationService {
  const { store, rooms, now } = options;
  return {
    async play(roomId, trial) {
      const { setting } = await rooms.ensure(roomId);
      const { peopleEach, options: sale } = toOptions(trial, setting);
      const stage = await store.open(bounds.playMs * 2);
      if (!stage)
        throw new Problem('too-many-requests', { retryAfterSeconds: bounds.retrySeconds });
      const untilMs = now() + bounds.playMs;
      try {
        const isStopped = (): boolean => now() > untilMs;
        const run = { driven: stage.driven, policy: setting, options: sale, isStopped };
        return toForecast(await runSale(run), peopleEach);
      } finally {
        await stage.close();
      }
    },
  };
}
