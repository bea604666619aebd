import type { RoomSetting } from '../../shared/contracts/internal.ts';
import type { Control, Cord, Policy, PolicyFields } from '../../shared/contracts/queue.ts';
import { Problem } from '../../shared/problems.ts';
import { sqlMoment } from '../db/sql-moment.ts';

/** A room that nobody has configured: a small sale is admitted at once. */
export const defaultPolicy: Policy & { control: Control } = {
  version: 1,
  maxActive: 100,
  admitPerSecond: 50,
  claimSeconds: 60,
  activeSeconds: 600,
  idleSeconds: 300,
  graceSeconds: 300,
  maxWaiting: 1_000_000,
  opensAt: null,
  preQueueOpensAt: null,
  order: 'fifo',
  message: null,
  recordPublic: false,
  challenge: 'none',
  powDifficulty: 16,
  control: 'OPEN',
};

const controlOf: Record<Cord, Control> = {
  open: 'OPEN',
  resume: 'OPEN',
  pause: 'PAUSED',
  drain: 'DRAINING',
  close: 'CLOSED',
};

export interface RoomChange {
  /** The version the change was made against; the present one unless said. */
  version?: number | undefined;
  policy?: Partial<PolicyFields> | undefined;
  cord?: Cord | undefined;
  /** Entries that the gateway takes back: changes nothing here, and is recorded. */
  revoke?: { queueId: string | null; reason: string | null } | undefined;
}

/**
 * The room after the change, one version on; the very same record when nothing changes.
 * @param isRegistering people register for the draw now: they were promised one.
 * @throws Problem `version-conflict`, `invalid-request`, `registration-open`
 */
export function changeRoomSetting(
  room: RoomSetting,
  change: RoomChange,
  isRegistering = false,
): RoomSetting {
  if (change.version !== undefined && change.version !== room.version) {
    throw new Problem('version-conflict', { extra: { version: room.version } });
  }
  const next = { ...room, ...sameMoments(change.policy ?? {}) };
  if (change.cord) next.control = controlOf[change.cord];
  refuseOpeningOrder(next);
  if (change.policy) refuseDrawOfNobody(next);
  if (isRegistering && next.order !== 'draw') throw new Problem('registration-open');
  const isSame = (Object.keys(next) as (keyof RoomSetting)[]).every(
    (name) => next[name] === room[name],
  );
  return isSame ? room : { ...next, version: room.version + 1 };
}

/** One moment has one spelling, so that the same policy given again changes nothing. */
function sameMoments(policy: Partial<PolicyFields>): Partial<PolicyFields> {
  const moments: Partial<PolicyFields> = {};
  for (const name of ['opensAt', 'preQueueOpensAt'] as const) {
    const text = policy[name];
    if (text) moments[name] = sqlMoment(`body.policy.${name}`, text).toISOString();
  }
  return { ...policy, ...moments };
}

function refuseOpeningOrder({ opensAt, preQueueOpensAt }: PolicyFields): void {
  if (opensAt === null || preQueueOpensAt === null) return;
  if (Date.parse(preQueueOpensAt) <= Date.parse(opensAt)) return;
  const message = 'must not be after opensAt';
  throw new Problem('invalid-request', {
    errors: [{ path: 'body.policy.preQueueOpensAt', message }],
  });
}

/** A draw is among those who registered before the opening. */
function refuseDrawOfNobody({ order, opensAt, preQueueOpensAt }: PolicyFields): void {
  if (order !== 'draw') return;
  if (opensAt !== null && preQueueOpensAt !== null && preQueueOpensAt < opensAt) return;
  const message = 'must be before opensAt, both given, for a draw: people register in between';
  throw new Problem('invalid-request', {
    errors: [{ path: 'body.policy.preQueueOpensAt', message }],
  });
}
