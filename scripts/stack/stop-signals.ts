export interface StopSignalsOptions {
  /** Somebody does not want to wait for the orderly end. */
  onImpatient: () => void;
  /** End as well when the process that started us is gone, as when npm was killed. */
  endsWithParent: boolean;
}

export interface StopSignals {
  /** Aborted by the first request to stop. */
  signal: AbortSignal;
  /** Stops for another reason than a signal, such as a crash. */
  stop(): void;
  dispose(): void;
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C can arrive twice: from the terminal, and once more from npm, which passes it on. */
const samePressMs = 1_000;
const parentCheckMs = 500;

/** The first signal asks for an orderly end, a later one for an end at once. */
export function watchStopSignals(options: StopSignalsOptions): StopSignals {
  const controller = new AbortController();
  const parent = process.ppid;
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      controller.abort();
    } else if (nowMs - firstAtMs > samePressMs) {
      options.onImpatient();
    }
  };
  const parentCheck = setInterval(() => {
    if (options.endsWithParent && process.ppid !== parent) controller.abort();
  }, parentCheckMs).unref();
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    dispose: () => {
      clearInterval(parentCheck);
      for (const name of names) process.off(name, onSignal);
    },
  };
}
