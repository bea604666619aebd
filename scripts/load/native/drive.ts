import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
import type { LoadRun } from '../run-load.ts';
import { type LoadSummary, summaryText } from '../summary.ts';
import { preciseNowMs } from './native-io.ts';
import { sumTallies } from './tally.ts';
import type { WorkerDone, WorkerTask } from './worker.ts';

export interface DriveOptions {
  /** Threads; half of the cores unless told, the other half is the system's. */
  workers?: number;
  /** Sockets of each thread; a call beyond them waits, and its waiting counts. */
  connections?: number;
  /** The summary goes to its file alone. */
  isQuiet?: boolean;
}

/** Time for the threads to start before the first fan is due. */
const headStartMs = 1_000;

/** Runs the fans of a plan in worker threads and writes the summary, as k6 would. */
export async function driveNative(run: LoadRun, options: DriveOptions = {}): Promise<LoadSummary> {
  const { plan, setup, summaryFile, signal } = run;
  const { workers = Math.max(1, availableParallelism() >> 1), connections = 256 } = options;
  const show = (line: string): void => (options.isQuiet ? undefined : console.log(line));
  const startsAtMs = preciseNowMs() + headStartMs;
  const over = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const threads = Array.from({ length: workers }, (_, first) => {
    const share = { first, workers };
    const workerData: WorkerTask = { plan, setup, share, startsAtMs, connections, over };
    return new Worker(new URL('./thread.mjs', import.meta.url), { workerData });
  });
  const stop = (): void => threads.forEach((thread) => void thread.terminate());
  signal.addEventListener('abort', stop);
  try {
    const done = await Promise.all(
      threads.map(async (thread) => ((await once(thread, 'message')) as [WorkerDone])[0].tally),
    );
    const { unexpected, ...sums } = sumTallies(done);
    const seconds = (preciseNowMs() - startsAtMs) / 1_000;
    const summary: LoadSummary = { driver: 'native', plan, seconds, ...sums };
    writeFileSync(summaryFile, JSON.stringify(summary, null, 2));
    show(summaryText(summary));
    for (const [what, times] of unexpected) console.error(`  unexpected: ${what} (${times})`);
    return summary;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
