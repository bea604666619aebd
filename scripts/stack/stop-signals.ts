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

/**
 * The first signal asks for an orderly end, a later one for an end at once.
 *
 * @param onImpatient runs when somebody does not want to wait for the orderly end
 */
export function watchStopSignals(onImpatient: () => void): StopSignals {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      controller.abort();
    } else if (nowMs - firstAtMs > samePressMs) {
      onImpatient();
    }
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    dispose: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
