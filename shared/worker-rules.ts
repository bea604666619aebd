const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * How long to wait before a worker is replaced, after so many have ended in the last minute. One
 * crash costs nothing; a worker that cannot live is not started again and again in a hot loop.
 */
export function pauseBeforeForkMs(crashes: number): number {
  if (crashes <= 1) return 0;
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(crashes - 2, 16));
}

/**
 * What of a cap over all processes one of them may use. Connections are handed round in turn, so
 * an even spread is the rule; twice the even share leaves room for chance and for the time in
 * which a worker is replaced. All together never allow more than twice the cap.
 */
export const shareOf = (cap: number, processes: number): number =>
  Math.min(cap, Math.ceil((2 * cap) / processes));
