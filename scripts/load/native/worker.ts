/** One thread of the native driver: its share of the fans, from the first arrival to the last end. */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Agent } from 'undici';
import type { Share } from '../arrivals.ts';
import type { LoadSetup } from '../io.ts';
import { type Crowd, lead } from '../lead.ts';
import { watchAdmission } from '../line-journey.ts';
import type { LoadPlan } from '../plan.ts';
import { createKnee } from './knee.ts';
import { createNativeIo, preciseNowMs } from './native-io.ts';
import { createTally, type TallyRecord } from './tally.ts';

export interface WorkerTask {
  plan: LoadPlan;
  setup: LoadSetup;
  share: Share;
  /** Unix time in ms of the first arrival. */
  startsAtMs: number;
  connections: number;
  /** One number, shared by all threads: not 0 when nobody is to arrive any more. */
  over: SharedArrayBuffer;
}

export interface WorkerDone {
  tally: TallyRecord;
}

const { plan, setup, share, startsAtMs, connections, over } = workerData as WorkerTask;
const dispatcher = new Agent({ connections, headersTimeout: 30_000, bodyTimeout: 30_000 });
const tally = createTally();
const { gatewayUrl } = setup;

async function watch(): Promise<void> {
  if (plan.scenario !== 'queue-admission' || share.first !== 0) return;
  const io = createNativeIo({ gatewayUrl, dispatcher, tally, dueAtMs: preciseNowMs() });
  await watchAdmission({ io, setup }, plan);
}

const knee = createKnee(plan, { tally, over: new Int32Array(over), threads: share.workers });
const listens = plan.waitsBy === 'events';
const crowd: Crowd = {
  plan,
  setup,
  accounts: setup.fans,
  share,
  startsAtMs,
  clock: { nowMs: preciseNowMs, waitMs: delay },
  ioOf: (dueAtMs) => createNativeIo({ gatewayUrl, dispatcher, tally, dueAtMs, listens }),
  isOver: knee.isReached,
};
await Promise.all([watch(), lead(crowd)]);
await dispatcher.close();
parentPort?.postMessage({ tally: tally.record() } satisfies WorkerDone);
