import type { Logger } from '../../shared/logger.ts';

export interface JobLoop {
  start(): void;
  /** Runs at once; when a run is under way, once more shortly after it. */
  wake(): void;
  /** Ends after the run that is under way. */
  close(): Promise<void>;
}

export interface JobLoopOptions {
  name: string;
  everyMs: number;
  /** `more`: run again at once. */
  run: () => Promise<'more' | 'idle'>;
  /** Pause after a failure: `everyMs`, doubled with each failure in a row, at most this. */
  pauseMaxMs: number;
  logger: Logger;
}

/** Runs in a row without a look at the clock, so that no job keeps the process to itself. */
const runsMax = 50;

/**
 * Who wakes a job that has just run waits so long, and with it whatever else comes meanwhile: a
 * busy process would run it for every single commit.
 */
const gatherMs = 20;

/** Does a job over and over. A failure is logged and tried again; it never ends the process. */
export function createJobLoop(options: JobLoopOptions): JobLoop {
  const { name, everyMs, run, pauseMaxMs, logger } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let wanted = false;
  let failures = 0;
  let endedAt = -gatherMs;
  let isOpen = false;

  async function runs(): Promise<void> {
    try {
      for (let done = 0; isOpen && done < runsMax; done += 1) {
        wanted = false;
        if ((await run()) === 'idle') break;
      }
      if (failures > 0) logger.info({ job: name }, 'job works again');
      failures = 0;
    } catch (error) {
      failures += 1;
      const level = failures === 1 ? 'warn' : 'debug';
      logger[level]({ err: error, job: name, failures }, 'job failed');
    }
  }

  function begin(): void {
    clearTimeout(timer);
    running = runs().finally(() => {
      running = undefined;
      endedAt = performance.now();
      if (!isOpen) return;
      const pauseMs = Math.min(pauseMaxMs, everyMs * 2 ** Math.min(failures, 10));
      timer = setTimeout(begin, wanted && failures === 0 ? gatherMs : pauseMs);
    });
  }

  return {
    start: () => {
      if (isOpen) return;
      isOpen = true;
      timer = setTimeout(begin, everyMs * Math.random());
    },
    wake: () => {
      wanted = true;
      // After a failure the pause is kept: everybody's commits wake the relay.
      if (!isOpen || running || failures > 0) return;
      const leftMs = endedAt + gatherMs - performance.now();
      if (leftMs <= 0) return begin();
      clearTimeout(timer);
      timer = setTimeout(begin, leftMs);
    },
    close: async () => {
      isOpen = false;
      clearTimeout(timer);
      await running;
    },
  };
}
