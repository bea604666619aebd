import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';
import { pauseBeforeForkMs } from './worker-rules.ts';

/** What the primary says to a worker. `retire`: another one has taken its place. */
export type WorkerOrder = 'stop' | 'retire';

export interface WorkersOptions {
  count: number;
  /** How long a worker may take to go before it is killed. */
  killAfterMs: number;
  log: Logger;
}

const crashMemoryMs = 60_000;

/** Resolves when the worker listens. @throws when it ends before. */
function forkWorker(): Promise<Worker> {
  const worker = cluster.fork();
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('a worker ended before it listened'));
    worker.once('exit', onExit);
    worker.once('listening', () => {
      worker.off('exit', onExit);
      resolve(worker);
    });
  });
}

const gone = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    if (worker.isDead()) resolve();
    else worker.once('exit', () => resolve());
  });

/** Also those that start or retire just now. */
const everyWorker = (): Worker[] =>
  Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

function stopNow(): never {
  for (const worker of everyWorker()) worker.process.kill('SIGKILL');
  process.exit(1);
}

/** Orders a worker to go and waits until it has gone. */
async function dismiss(worker: Worker, order: WorkerOrder, killAfterMs: number): Promise<void> {
  if (worker.isConnected()) worker.send(order, () => undefined);
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), killAfterMs);
  await gone(worker);
  clearTimeout(timer);
}

/**
 * The primary: holds the port, hands connections to the workers in turn, and nothing else; it
 * opens no store and answers nobody. A worker that ends by itself is replaced, ever more slowly
 * while they keep ending. Resolves when all listen.
 * @throws when a worker of the first set does not come up.
 */
export async function runWorkers({ count, killAfterMs, log }: WorkersOptions): Promise<void> {
  /** Those in service. A worker that was told to go is not among them. */
  const workers = new Set<Worker>();
  let crashes: number[] = [];
  let stopping = false;
  let rolling = Promise.resolve();

  function takeIn(worker: Worker): void {
    workers.add(worker);
    worker.once('exit', (code, signal) => {
      if (!workers.delete(worker) || stopping) return;
      log.error({ worker: worker.id, code, signal }, 'a worker ended');
      void replaceCrashed();
    });
  }

  async function replaceCrashed(): Promise<void> {
    const nowMs = performance.now();
    crashes = [...crashes.filter((atMs) => atMs > nowMs - crashMemoryMs), nowMs];
    await sleep(pauseBeforeForkMs(crashes.length));
    if (stopping) return;
    try {
      takeIn(await forkWorker());
    } catch (error) {
      log.error({ err: error }, 'a worker did not start');
      if (!stopping) await replaceCrashed();
    }
  }

  /** One at a time, and each goes only when its follower listens. */
  async function replaceAll(): Promise<void> {
    log.info('replacing the workers');
    for (const old of [...workers]) {
      if (stopping) return;
      const follower = await forkWorker();
      takeIn(follower);
      // Crashed meanwhile: then its place is being filled already, and this one is too many.
      const leaver = workers.delete(old) ? old : follower;
      workers.delete(leaver);
      await dismiss(leaver, 'retire', killAfterMs);
    }
    log.info('the workers are replaced');
  }

  async function stop(): Promise<void> {
    stopping = true;
    await Promise.all(everyWorker().map((worker) => dismiss(worker, 'stop', killAfterMs)));
    process.exit(0);
  }

  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.on(name, () => (stopping ? stopNow() : void stop()));
  process.on('SIGHUP', () => {
    rolling = rolling
      .then(replaceAll)
      .catch((error: unknown) => log.error({ err: error }, 'the workers were not replaced'));
  });

  const first = await Promise.all(Array.from({ length: count }, forkWorker)).catch((error) => {
    stopping = true;
    throw error;
  });
  for (const worker of first) takeIn(worker);
  log.info({ workers: count }, 'all workers listen');
}
