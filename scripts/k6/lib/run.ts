import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import type { Options, Scenario } from 'k6/options';
import { arrivalsOf } from '../../load/arrivals.ts';
import type { FanAccount, LoadSetup } from '../../load/io.ts';
import { runJourney } from '../../load/journeys.ts';
import { watchAdmission } from '../../load/line-journey.ts';
import {
  breakpointUsersMax,
  type LoadPlan,
  offeredPerSecond,
  type ScenarioName,
} from '../../load/plan.ts';
import { limitsOf } from '../../load/summary.ts';
import { createK6Io } from './k6-io.ts';

/** What `npm run load` has prepared: a file with the plan, the concert and the accounts. */
const setupFile = String(__ENV['LOAD_SETUP'] ?? '');
if (setupFile === '') throw new Error('LOAD_SETUP is not set: run it by npm run load');

type Prepared = LoadSetup & { plan: LoadPlan };

const read = (): Prepared => JSON.parse(open(setupFile)) as Prepared;
const fans = new SharedArray<FanAccount>('fans', () => read().fans);
/** All but the accounts, of which every virtual user would have a copy. */
const [place] = new SharedArray('place', () => [{ ...read(), fans: [] }]) as unknown as [Prepared];

export const plan: LoadPlan = place.plan;
const io = createK6Io(place.gatewayUrl);

/**
 * Virtual users of k6. One for each fan would be thousands of JavaScript engines, whose memory takes
 * more from the machine that is measured than their calls do; a fan who waits needs no more than a timer.
 */
const users = Math.min(50, plan.fans);

/** Time for the virtual users to begin before the first fan is due. */
const headStartMs = 1_000;

/** A virtual user leads its share of the fans, each by the clock, whatever the system does. */
export async function lead(): Promise<void> {
  const { iterationInTest, startTime } = exec.scenario;
  const runStartedAtMs = startTime + headStartMs;
  let onTheWay = 0;
  const visits: Promise<void>[] = [];
  for (const { index, atMs } of arrivalsOf(plan, { first: iterationInTest, workers: users })) {
    const account = fans[index % fans.length];
    if (!account) throw new Error('no accounts');
    const dueAtMs = runStartedAtMs + atMs;
    const earlyMs = dueAtMs - io.nowMs();
    if (earlyMs > 0) await io.waitMs(earlyMs);
    if (plan.scenario === 'breakpoint') lookForKnee(atMs, onTheWay * users);
    io.note('start_delay', Math.max(0, io.nowMs() - dueAtMs));
    onTheWay += 1;
    const visit = runJourney({ ...account, io, setup: place, runStartedAtMs }, plan);
    visits.push(visit.finally(() => (onTheWay -= 1)));
  }
  await Promise.all(visits);
}

/** That joins are not answered in time is the other knee: a threshold of the script sees it. */
function lookForKnee(afterMs: number, onTheWay: number): void {
  io.gauge('offered_per_second', offeredPerSecond(plan, afterMs));
  if (onTheWay > breakpointUsersMax) exec.test.abort('too many fans are on their way at once');
}

export async function watch(): Promise<void> {
  const { admitPerSecond } = plan.policy;
  await watchAdmission({ io, setup: place }, { seconds: watchSeconds(), admitPerSecond });
}

/** While they arrive, and as long as the line behind them lasts. */
function watchSeconds(): number {
  return Math.ceil(plan.fans / plan.policy.admitPerSecond) + 5;
}

/** So long after the last turn all have come to an end, or never will. */
const patienceSeconds = 600;
const maxDuration = `${Math.ceil(plan.joinSeconds) + watchSeconds() + patienceSeconds}s`;

export const crowd = (): Scenario => ({
  executor: 'per-vu-iterations',
  exec: 'lead',
  vus: users,
  iterations: 1,
  maxDuration,
});

export const watcher = (): Scenario => ({
  executor: 'shared-iterations',
  exec: 'watch',
  vus: 1,
  maxDuration,
});

const thresholds = (): Record<string, string[]> =>
  Object.fromEntries(
    limitsOf(plan).map(({ kind, name, is, value }) =>
      kind === 'joins'
        ? ['call_join', [`p(99)${is}${value}`]]
        : [name, [`${kind === 'counts' ? 'count' : 'value'}${is}${value}`]],
    ),
  );

/** @throws Error when the file was prepared for another scenario. */
export function loadOptions(name: ScenarioName, scenarios: Record<string, Scenario>): Options {
  if (plan.scenario !== name) throw new Error(`LOAD_SETUP was prepared for ${plan.scenario}`);
  return {
    scenarios,
    thresholds: thresholds(),
    summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'],
    // Each tag of each call is work for the machine that is measured.
    systemTags: ['scenario', 'name', 'status'],
  };
}
