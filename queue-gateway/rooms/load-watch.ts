import { createPressure, type Load } from './pressure.ts';

/** How the core fares, asked once a second by who leads. */
export interface LoadWatch {
  /** Asks when it is due; never throws. */
  ask(): Promise<void>;
  /** Share of the configured rate that the core can take, up to 1. */
  share(): number;
  reason(): string | undefined;
}

const everyMs = 1_000;

export function createLoadWatch(options: {
  source: { getLoad(): Promise<Load> };
  /** Monotonic, in ms. */
  now: () => number;
  /** The core had to be relieved: what was let in then was too much. */
  onCut: () => void;
}): LoadWatch {
  const { source, now, onCut } = options;
  const pressure = createPressure(now);
  let askedAt = -Infinity;
  let asking = false;
  return {
    share: pressure.share,
    reason: pressure.reason,
    async ask() {
      if (asking || now() - askedAt < everyMs) return;
      asking = true;
      askedAt = now();
      const before = pressure.share();
      pressure.note(await source.getLoad().catch(() => undefined));
      if (pressure.share() < before) onCut();
      asking = false;
    },
  };
}
