import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 20;
const nsPerMs = 1_000_000;

export interface EventLoopDelay {
  /** p99 of the delay beyond the timer itself since the last call, in ms. */
  read(): number;
  close(): void;
}

export function watchEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return {
    read: () => {
      const delayMs = histogram.percentile(99) / nsPerMs - resolutionMs;
      histogram.reset();
      return Math.max(0, Math.round(delayMs * 10) / 10);
    },
    close: () => {
      histogram.disable();
    },
  };
}
