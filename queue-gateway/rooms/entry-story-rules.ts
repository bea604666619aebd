import type { EntryStory } from '../../shared/contracts/entries.ts';
import type { Room } from '../../shared/contracts/queue.ts';
import type { EntryFacts } from '../queue/queue-types.ts';

function statusOf(facts: EntryFacts, position: number): EntryStory['status'] {
  if (facts.reason !== undefined || facts.hasLeft) return 'ENDED';
  if (facts.leaseEndMs !== undefined) return facts.isActive ? 'ACTIVE' : 'READY';
  if (facts.isReturning) return 'RETURNING';
  return position > 0 ? 'WAITING' : 'PASSED';
}

/** Where a number stands, from what is kept of it. */
export function toStory(number: number, room: Pick<Room, 'front'>, facts: EntryFacts): EntryStory {
  const position = Math.max(0, number - room.front);
  const { leaseEndMs, reason, hasLeft } = facts;
  return {
    queueId: String(number),
    status: statusOf(facts, position),
    position,
    reason: reason ?? (hasLeft ? 'left' : null),
    leaseUntil: leaseEndMs === undefined ? null : new Date(leaseEndMs).toISOString(),
  };
}
