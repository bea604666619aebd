/** One thread of the native driver: its share of the fans, from the first arrival to the last end. */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Agent } from 'undici';
import { arrivalsOf, type Share } from '../arrivals.ts';
import type { LoadSetup } from '../io.ts';
import { runJourney } from '../journeys.ts';
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

async function visit(index: number, dueAtMs: number): Promise<void> {
  const account = setup.fans[index % setup.fans.length];
  if (!account) throw new Error('no accounts');
  const listens = plan.waitsBy === 'events';
  tally.time('start_delay', Math.max(0, preciseNowMs() - dueAtMs));
  const io = createNativeIo({ gatewayUrl, dispatcher, tally, dueAtMs, listens });
  await runJourney({ ...account, io, setup, runStartedAtMs: startsAtMs }, plan);
}

async function watch(): Promise<void> {
  if (plan.scenario !== 'queue-admission' || share.first !== 0) return;
  const io = createNativeIo({ gatewayUrl, dispatcher, tally, dueAtMs: preciseNowMs() });
  const { admitPerSecond } = plan.policy;
  const seconds = Math.ceil(plan.fans / admitPerSecond) + 5;
  await watchAdmission({ io, setup }, { seconds, admitPerSecond });
}

const knee = createKnee(plan, { tally, over: new Int32Array(over), threads: share.workers });
let onTheWay = 0;
const visits: Promise<void>[] = [watch()];
for (const { index, atMs } of arrivalsOf(plan, share)) {
  const dueAtMs = startsAtMs + atMs;
  const earlyMs = dueAtMs - preciseNowMs();
  if (earlyMs > 1) await delay(earlyMs);
  if (knee.isReached(atMs, onTheWay)) break;
  onTheWay += 1;
  visits.push(visit(index, dueAtMs).finally(() => (onTheWay -= 1)));
}
await Promise.all(visits);
await dispatcher.close();
parentPort?.postMessage({ tally: tally.record() } satisfies WorkerDone);
