/** The whole journey for long, every seat given back: no growth, nothing lost. */
import { crowd, loadOptions } from './lib/run.ts';

export { leadShare } from './lib/run.ts';
export { handleSummary } from './lib/k6-summary.ts';

export const options = loadOptions('soak', { fans: crowd() });
