/** Work that is done again and again, never twice at the same time. */
export interface Repeated {
  /** Resolves when the work that runs has ended; none starts after that. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `everyMs`, counted from start to start; a run that takes longer delays the
 * next. @param onError what a run failed with; the next one comes all the same.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<void> | void,
  onError: (error: unknown) => void,
): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function run(): Promise<void> {
    const startedAt = performance.now();
    try {
      await work();
    } catch (error) {
      onError(error);
    }
    if (stopped) return;
    const restMs = Math.max(0, everyMs - (performance.now() - startedAt));
    timer = setTimeout(start, restMs);
  }
  function start(): void {
    running = run();
  }

  timer = setTimeout(start, 0);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
