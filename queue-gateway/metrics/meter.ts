import { Problem } from '../../shared/problems.ts';
import type { OnForwarded } from '../forward/upstream.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import type { NewsStore } from '../rooms/news-store.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';

/** Each of these wraps a part and counts what goes through it. */

const outcomeOf = (error: unknown): string => (error instanceof Problem ? error.code : 'internal');

/** @param now Unix time in ms. */
export function meterQueue(
  service: QueueService,
  { joins, waits, roomLabel }: GatewayMetrics,
  now: () => number,
): QueueService {
  return {
    ...service,
    async join(...args) {
      const room = roomLabel(args[1]);
      try {
        const joined = await service.join(...args);
        joins.inc({ room, outcome: joined.isNew ? 'new' : 'same' });
        if (joined.isNew && joined.entry.status === 'ACTIVE') waits.observe({ room }, 0);
        return joined;
      } catch (error) {
        joins.inc({ room, outcome: outcomeOf(error) });
        throw error;
      }
    },
    async activate(claims) {
      const active = await service.activate(claims);
      // The token says when it was given; nobody keeps it anywhere else.
      if (claims.kind === 'waiting')
        waits.observe(
          { room: roomLabel(claims.roomId) },
          Math.max(0, now() - claims.issuedAtMs) / 1_000,
        );
      return active;
    },
  };
}

/** One child for each pair of labels: to look them up costs more than to count. */
export function meterForwards({ forwards }: GatewayMetrics): OnForwarded {
  const children = new Map<string, ReturnType<typeof forwards.labels>>();
  return (method, outcome, tookMs) => {
    const status = typeof outcome === 'number' ? `${Math.floor(outcome / 100)}xx` : outcome;
    const key = `${method} ${status}`;
    let child = children.get(key);
    if (!child) children.set(key, (child = forwards.labels({ method, status })));
    child.observe(tookMs / 1_000);
  };
}

/** What a tick costs Redis, whatever the number of people. */
export function meterTicks(
  { store, news }: { store: QueueStore; news: NewsStore },
  { ticks, tickCalls }: GatewayMetrics,
): { store: QueueStore; news: NewsStore } {
  return {
    store: {
      ...store,
      tick(...args) {
        ticks.inc();
        tickCalls.inc();
        return store.tick(...args);
      },
    },
    news: {
      ...news,
      lead(...args) {
        tickCalls.inc();
        return news.lead(...args);
      },
      publish(...args) {
        tickCalls.inc(2); // The document is kept, and told.
        return news.publish(...args);
      },
    },
  };
}
