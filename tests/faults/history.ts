/**
 * What clients saw, in the manner of Jepsen: each operation with when it was sent, when its answer
 * came, and what the answer proves. Times are ms of one monotonic clock shared by all clients.
 */
export interface OpOf<Name extends string, Args, Value> {
  op: Name;
  /** The client it belongs to. */
  proc: number;
  args: Args;
  invokedMs: number;
  /** Infinity: no answer ever came. */
  returnedMs: number;
  /** `unknown`: a time-out, a reset or a 5xx proves neither that it happened nor that it did not. */
  result: 'ok' | 'fail' | 'unknown';
  /** Of the answer; only when `ok`. */
  value?: Value;
  /** The answer byte for byte, for repeated keys. */
  body?: string;
  /** Why not, in the words of the answer; for whoever reads the history. */
  refusal?: string;
}

interface Keyed {
  userId: string;
  key: string;
}
interface OfEntry {
  userId: string;
  roomId: string;
}
interface SeenEntry {
  queueId: number;
  status: 'REGISTERED' | 'WAITING' | 'READY' | 'ACTIVE';
  /** Waits though the turn had come: in the lane of those who are back. */
  isLate?: boolean;
}

export type Hold = OpOf<
  'hold',
  Keyed & { seatIds: readonly string[] },
  { reservations: readonly { reservationId: string; seatId: string }[]; expiresMs: number }
>;
export type Release = OpOf<'release', { userId: string; reservationId: string }, undefined>;
export type Pay = OpOf<
  'pay',
  Keyed & { reservationIds: readonly string[]; amount: number },
  { payments: readonly { paymentId: string; reservationId: string; amount: number }[] }
>;
export type Refund = OpOf<
  'refund',
  Keyed & { paymentId: string; reservationId: string; amount: number },
  undefined
>;
export type Charge = OpOf<'charge', Keyed & { amount: number }, { pointHistoryId: string }>;
export type Balance = OpOf<'balance', { userId: string }, { point: number }>;
export type Join = OpOf<'join', OfEntry, SeenEntry>;
export type Status = OpOf<'status', OfEntry, SeenEntry>;
export type Activate = OpOf<'activate', OfEntry & { queueId: number }, { jti: string }>;
export type Leave = OpOf<'leave', OfEntry & { queueId: number }, undefined>;
export type SeenRoom = OpOf<
  'room',
  { roomId: string },
  { front: number; tail: number; active: number; waiting: number }
>;
/** A gated call by somebody who has no right to it. */
export type Intrude = OpOf<'intrude', { userId: string; how: string }, undefined>;

export type Op =
  | Hold
  | Release
  | Pay
  | Refund
  | Charge
  | Balance
  | Join
  | Status
  | Activate
  | Leave
  | SeenRoom
  | Intrude;

/** What the database holds once everything is quiet. */
export interface Facts {
  seats: readonly { seatId: string; price: number; seatStatus: 'AVAILABLE' | 'HELD' | 'SOLD' }[];
  reservations: readonly {
    reservationId: string;
    userId: string;
    seatId: string;
    reservationStatus: 'HELD' | 'CONFIRMED' | 'EXPIRED' | 'CANCELLED';
    /** Its time has been over for long, by the database's clock. */
    isOverdue: boolean;
    /** Its time is not over yet. */
    isInTime: boolean;
  }[];
  payments: readonly {
    paymentId: string;
    userId: string;
    reservationId: string;
    amount: number;
    paymentStatus: 'COMPLETED' | 'REFUNDED';
  }[];
  points: readonly { userId: string; point: number }[];
  /** In the order of each account's ledger. */
  history: readonly {
    pointHistoryId: string;
    userId: string;
    amount: number;
    pointAfter: number;
    type: 'CHARGE' | 'USE' | 'REFUND';
  }[];
  /** What the gateway was told, or will be; `payload` is JSON. */
  events: readonly { type: string; payload: string }[];
}

/** What a room allows, as its owner set it. */
export interface Policy {
  maxActive: number;
  admitPerSecond: number;
  claimSeconds: number;
  activeSeconds: number;
  idleSeconds: number;
  graceSeconds: number;
}

/** Everything a checker may look at. */
export interface Run {
  history: readonly Op[];
  facts: Facts;
  policy: Pick<Policy, 'maxActive' | 'admitPerSecond' | 'claimSeconds'>;
  /** When Redis lost what it knew, or its last second. */
  forgotMs: readonly number[];
  /** From when to when a replica took over; what was done in this time may be lost, at any moment. */
  failovers?: readonly { fromMs: number; healedMs: number }[] | undefined;
  /** What was answered before this is among the facts, if it happened. */
  readMs: number;
  /** When the history was looked at: what has no answer yet may still get one. */
  endedMs: number;
  /** Every call has to be answered in so long; left out where services were stopped. */
  answerWithinMs?: number | undefined;
  /** Each fault that was healed, and when. */
  healings?: readonly { name: string; healedMs: number }[] | undefined;
  /** When the last fault was healed; Infinity while the run goes on. */
  healedMs: number;
}

/** A promise that was broken, in words that name who and what. */
export type Finding = string;
export type Checker = (run: Run) => Finding[];

/** What sells or moves points. */
export const saleKinds: ReadonlySet<Op['op']> = new Set(['hold', 'charge', 'pay', 'refund']);

type Named<Name extends Op['op']> = Extract<Op, { op: Name }>;

export const opsOf = <Name extends Op['op']>(run: Run, name: Name): Named<Name>[] =>
  run.history.filter((op): op is Named<Name> => op.op === name);

export const acked = <Name extends Op['op']>(
  run: Run,
  name: Name,
): (Named<Name> & { value: NonNullable<Named<Name>['value']> })[] =>
  opsOf(run, name).filter((op) => op.result === 'ok' && op.value !== undefined) as never;

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
