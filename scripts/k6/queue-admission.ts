/** Fans join at a rate, wait as they are told, take their turn, and leave or pay. */
import { crowd, loadOptions, watcher } from './lib/run.ts';

export { leadShare, watch } from './lib/run.ts';
export { handleSummary } from './lib/k6-summary.ts';

export const options = loadOptions('queue-admission', { fans: crowd(), watch: watcher() });
