/** Everybody within seconds: joins in a flood, a line far longer than the hall. */
import { arrivals, loadOptions } from './lib/run.ts';

export { fan } from './lib/run.ts';
export { handleSummary } from './lib/k6-summary.ts';

export const options = loadOptions('flash-crowd', { fans: arrivals() });
