import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import type { Options, Scenario } from 'k6/options';
import type { FanAccount, LoadSetup } from '../../load/io.ts';
import { runJourney } from '../../load/journeys.ts';
import { watchAdmission } from '../../load/line-journey.ts';
import type { LoadPlan, ScenarioName } from '../../load/plan.ts';
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
/** Time ends it, not the number of fans. */
const isTimed = plan.scenario === 'soak' || plan.scenario === 'breakpoint';
export const io = createK6Io(place.gatewayUrl);

/** The journey of the fan whose turn it is to arrive. */
export async function fan(): Promise<void> {
  const { scenario } = exec;
  // A rate over a time comes to one arrival more now and then.
  if (!isTimed && scenario.iterationInTest >= plan.fans) return;
  const account = fans[scenario.iterationInTest % fans.length];
  if (!account) throw new Error('no accounts');
  const runStartedAtMs = scenario.startTime;
  await runJourney({ ...account, io, setup: place, runStartedAtMs }, plan);
}

export async function watch(): Promise<void> {
  const { admitPerSecond } = plan.policy;
  await watchAdmission({ io, setup: place }, { seconds: watchSeconds(), admitPerSecond });
}

/** While they arrive, and as long as the line behind them lasts. */
const watchSeconds = (): number => Math.ceil(plan.fans / plan.policy.admitPerSecond) + 5;

/** Those who wait stay with us, so a virtual user is needed for each of them. */
const usersMax = 12_000;

/** As many as will stand in line at most; k6 makes more when they wait longer. */
function usersAtOnce({ fans, joinsPerSecond, policy }: LoadPlan): number {
  const waitingShare = Math.max(0, 1 - policy.admitPerSecond / joinsPerSecond);
  return Math.ceil(Math.min(fans, fans * waitingShare + joinsPerSecond * 4));
}

/** The shortest time in which k6 lets anybody arrive by the clock. */
const clockSecondsMin = 1;

/**
 * k6 readies its virtual users while its clock runs already, and then lets everybody arrive at once
 * who was due: hundreds, where a steady rate was asked for. While the rate grows from nothing few are.
 */
const growSeconds = 2;

/** Fans arrive by the clock, whatever the system does; all at once when it is over in no time. */
export const arrivals = (): Scenario => {
  if (plan.joinSeconds < clockSecondsMin)
    return { executor: 'per-vu-iterations', exec: 'fan', vus: plan.fans, iterations: 1 };
  const target = Math.round(plan.joinsPerSecond * 60);
  const isSteady = plan.joinSeconds >= 5 * growSeconds;
  const grows = isSteady ? [{ target, duration: `${growSeconds}s` }] : [];
  // As many arrive meanwhile as in half that time. The last fan is due at the very end, when k6 has
  // ended: half a fan's time more lets it come.
  const steadySeconds =
    plan.joinSeconds + (isSteady ? growSeconds / 2 : 0) + 0.5 / plan.joinsPerSecond;
  return {
    executor: 'ramping-arrival-rate',
    exec: 'fan',
    startRate: isSteady ? 0 : target,
    timeUnit: '1m',
    stages: [...grows, { target, duration: `${Math.round(steadySeconds * 1_000)}ms` }],
    preAllocatedVUs: Math.min(usersMax, Math.max(50, usersAtOnce(plan))),
    maxVUs: usersMax,
    gracefulStop: '10m',
  };
};

export const watcher = (): Scenario => ({ executor: 'shared-iterations', exec: 'watch', vus: 1 });

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
    // A kept connection per virtual user, as browsers keep theirs.
    noConnectionReuse: false,
  };
}
