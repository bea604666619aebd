/** More and more joins a second until they are not answered in time: where is the knee? */
import exec from 'k6/execution';
import { breakpointUsersMax, offeredPerSecond, rampFromPerSecond } from '../load/plan.ts';
import { fan as visit, io, loadOptions, plan } from './lib/run.ts';

export { handleSummary } from './lib/k6-summary.ts';

const { joinsPerSecond, joinSeconds, joinP99Ms } = plan;

const { thresholds, ...rest } = loadOptions('breakpoint', {
  fans: {
    executor: 'ramping-arrival-rate',
    exec: 'fan',
    startRate: rampFromPerSecond,
    timeUnit: '1s',
    preAllocatedVUs: 500,
    maxVUs: breakpointUsersMax,
    stages: [{ target: Math.round(joinsPerSecond), duration: `${Math.round(joinSeconds)}s` }],
    gracefulStop: '5s',
  },
});

/** The first one that breaks ends the run; the rate offered then is the knee. */
export const options = {
  ...rest,
  thresholds: {
    ...thresholds,
    call_join: [{ threshold: `p(99)<=${joinP99Ms}`, abortOnFail: true, delayAbortEval: '3s' }],
    dropped_iterations: [{ threshold: 'count<=0', abortOnFail: true }],
  },
};

export async function fan(): Promise<void> {
  const afterMs = Date.now() - exec.scenario.startTime;
  io.gauge('offered_per_second', offeredPerSecond(plan, afterMs));
  await visit();
}
