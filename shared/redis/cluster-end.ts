import type { Cluster } from 'ioredis';

/**
 * A cluster client of ioredis that is let go while it asks for the slots sets the timer of the next
 * question when the answer comes, and so on for ever, which keeps the process alive. Once it has
 * ended, nothing is asked any more.
 */
export function endForGood(cluster: Cluster): void {
  cluster.once('end', () => {
    cluster.refreshSlotsCache = () => undefined;
  });
}
