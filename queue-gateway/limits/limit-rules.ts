/**
 * How often a call may be made. The limits by address are wide, because a whole network provider
 * can stand behind one address; what one account can do is narrow. Every figure is a burst too:
 * all of it may come in one second.
 */
export interface LimitRule {
  /** Part of the key; rules of one name count together. */
  readonly name: string;
  readonly by: 'address' | 'account';
  readonly points: number;
  readonly seconds: number;
  /**
   * `shared`: counted in Redis, over all gateways. `own`: each process counts for itself; for
   * calls whose one round trip to Redis shall stay the only one.
   */
  readonly where: 'shared' | 'own';
}

const rule = (
  name: string,
  by: LimitRule['by'],
  points: number,
  where: LimitRule['where'] = 'shared',
): LimitRule => ({ name: `${name}-${by}`, by, points, seconds: 60, where });

/**
 * About what one core can do: a hall full of accounts behind one address cannot take all of it for
 * long. Counted by each process, because the account is counted in Redis by the same call.
 */
const manyFrom = (name: string): LimitRule => rule(name, 'address', 30_000, 'own');

/** By the name of the endpoint. */
export const limitRules: Readonly<Record<string, readonly LimitRule[]>> = {
  register: [rule('register', 'address', 1_200)],
  login: [rule('login', 'address', 1_200)],
  // Joining again finds the same place: an account gains nothing by it, and its tabs may ask.
  joinQueue: [rule('join', 'address', 6_000, 'own'), rule('join', 'account', 600, 'own')],
  createReservations: [manyFrom('hold'), rule('hold', 'account', 300)],
  createPayments: [manyFrom('pay'), rule('pay', 'account', 300)],
  chargePoint: [manyFrom('charge'), rule('charge', 'account', 300)],
};

/** Wrong passwords in a row that cost nothing yet, from one address. */
export const freeFailures = 10;
/** The same over all addresses together, so that many addresses do not make many tries. */
export const freeFailuresAnywhere = 100;
/** Failures are forgotten after this long without one more, or by logging in. */
export const failureMemorySeconds = 3_600;
const longestPauseSeconds = 900;

/** The pause after so many wrong passwords: 5 s, then twice as long each time, 15 min at most. */
export function pauseSeconds(failures: number, free: number): number {
  if (failures < free) return 0;
  return Math.min(longestPauseSeconds, 5 * 2 ** Math.min(failures - free, 16));
}
