import type { Cluster, Redis } from 'ioredis';

/**
 * Calls `then` when the client is told to end, or ends by itself: once or more often. The event
 * `end` alone is not enough: ioredis does not emit it for a client that is let go while it waits to
 * connect again.
 */
export function whenLetGo(client: Redis | Cluster, then: () => void): void {
  const disconnect = client.disconnect.bind(client);
  client.disconnect = (reconnect = false) => {
    disconnect(reconnect);
    if (!reconnect) then();
  };
  client.once('end', then);
}

/**
 * A cluster client of ioredis that is let go while it asks for the slots sets the timer of the next
 * question when the answer comes, and so on for ever, which keeps the process alive. Once it was let
 * go, nothing is asked any more.
 */
export function endForGood(cluster: Cluster): void {
  whenLetGo(cluster, () => {
    cluster.refreshSlotsCache = () => undefined;
  });
}
