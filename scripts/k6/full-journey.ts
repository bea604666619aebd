/** Looks, waits, holds, charges, pays, and half of them think again. */
import { crowd, loadOptions } from './lib/run.ts';

export { leadShare } from './lib/run.ts';
export { handleSummary } from './lib/k6-summary.ts';

export const options = loadOptions('full-journey', { fans: crowd() });
