/** Everybody within seconds: joins in a flood, a line far longer than the hall. */
import { crowd, loadOptions } from './lib/run.ts';

export { leadShare } from './lib/run.ts';
export { handleSummary } from './lib/k6-summary.ts';

export const options = loadOptions('flash-crowd', { fans: crowd() });
