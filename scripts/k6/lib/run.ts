import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import type { Options, Scenario } from 'k6/options';
import type { FanAccount, LoadSetup } from '../../load/io.ts';
import { lead } from '../../load/lead.ts';
import { watchAdmission } from '../../load/line-journey.ts';
import {
  breakpointUsersMax,
  type LoadPlan,
  offeredPerSecond,
  type ScenarioName,
  watchSeconds,
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

/** A virtual user leads its share of the fans. */
export async function leadShare(): Promise<void> {
  const { iterationInTest, startTime } = exec.scenario;
  await lead({
    plan,
    setup: place,
    accounts: fans,
    share: { first: iterationInTest, workers: users },
    startsAtMs: startTime + headStartMs,
    clock: io,
    ioOf: () => io,
    isOver: lookForKnee,
  });
}

/** That joins are not answered in time is the other knee: a threshold of the script sees it. */
function lookForKnee(afterMs: number, onTheWay: number): boolean {
  if (plan.scenario !== 'breakpoint') return false;
  io.gauge('offered_per_second', offeredPerSecond(plan, afterMs));
  const isReached = onTheWay * users > breakpointUsersMax;
  if (isReached) exec.test.abort('too many fans are on their way at once');
  return isReached;
}

export const watch = (): Promise<void> => watchAdmission({ io, setup: place }, plan);

/** So long after the last turn all have come to an end, or never will. */
const patienceSeconds = 600;
const maxDuration = `${Math.ceil(plan.joinSeconds) + watchSeconds(plan) + patienceSeconds}s`;

export const crowd = (): Scenario => ({
  executor: 'per-vu-iterations',
  exec: 'leadShare',
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
