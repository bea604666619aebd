/** More and more joins a second until they are not answered in time: where is the knee? */
import { crowd, loadOptions, plan } from './lib/run.ts';

export { leadShare } from './lib/run.ts';
export { handleSummary } from './lib/k6-summary.ts';

const { thresholds, ...rest } = loadOptions('breakpoint', { fans: crowd() });

/** The first one that breaks ends the run; the rate offered then is the knee. */
export const options = {
  ...rest,
  thresholds: {
    ...thresholds,
    call_join: [{ threshold: `p(99)<=${plan.joinP99Ms}`, abortOnFail: true, delayAbortEval: '3s' }],
  },
};
