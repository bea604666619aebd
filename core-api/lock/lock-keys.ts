/**
 * Every lock key, by kind: `<namespace>lock:<kind>:<id>`, string, gone by release or after the
 * time to live. Owner: core-api.
 */
export const lockKeys = {
  seat: (seatId: string): string => `lock:seat:${seatId}`,
  points: (userId: string): string => `lock:points:${userId}`,
  /** One call with one Idempotency-Key of one account. */
  call: (userId: string, callName: string, key: string): string =>
    `lock:call:${userId}:${callName}:${key}`,
};
