/** Everybody is inside at once and wants one of a few seats. */
import { crowd, loadOptions } from './lib/run.ts';

export { leadShare } from './lib/run.ts';
export { handleSummary } from './lib/k6-summary.ts';

export const options = loadOptions('seat-rush', { fans: crowd() });
