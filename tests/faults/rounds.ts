import type { Rig } from './rig.ts';
import { type FaultReport, type FaultRunOptions, runFaults } from './run.ts';

export interface Rounds {
  operations: FaultReport['operations'];
  injected: FaultReport['injected'];
  kills: number;
  findings: FaultReport['findings'];
  unresolved: number;
  keys: number;
  rounds: number;
  /** ms that each refusal with 503 took while Redis was away, ascending. */
  refusedMs: number[];
  seconds: number;
}

/** A history is checked, and let go, at the end of a round: so memory does not grow with the run. */
const roundSeconds = 150;

export interface RoundsOptions extends Omit<FaultRunOptions, 'rig'> {
  rig: Rig;
  /** Gets the history of a round in which a promise was broken. */
  keep: (round: number, report: FaultReport) => void;
}

const isRedisAway = /^(kill -9 redis|SIGSTOP redis|freeze redis|cut redis)/;

/** How long refusals took that were asked for while Redis was away, a moment after it went. */
function refusalsOf({ history, injected }: FaultReport): number[] {
  const away = injected.filter(({ name }) => isRedisAway.test(name));
  const settleMs = 300;
  return history.flatMap((op) => {
    const { refusal = '', invokedMs, returnedMs } = op;
    if (!refusal.startsWith('503')) return [];
    const isAway = away.some(
      ({ fromMs, healedMs }) => invokedMs > fromMs + settleMs && returnedMs < healedMs,
    );
    return isAway ? [returnedMs - invokedMs] : [];
  });
}

/** Rounds of load and faults on one rig, each on a hall and accounts of its own. */
export async function runRounds(options: RoundsOptions): Promise<Rounds> {
  const startedAt = performance.now();
  const total: Rounds = {
    operations: { ok: 0, fail: 0, unknown: 0 },
    ...{ injected: [], kills: 0, findings: [], unresolved: 0, keys: 0, rounds: 0 },
    ...{ refusedMs: [], seconds: 0 },
  };
  for (let left = options.seconds; left > 0; left -= roundSeconds) {
    const report = await runFaults({ ...options, seconds: Math.min(left, roundSeconds) });
    total.rounds += 1;
    for (const name of ['ok', 'fail', 'unknown'] as const) {
      total.operations[name] += report.operations[name];
    }
    total.injected.push(...report.injected);
    total.findings.push(...report.findings);
    for (const name of ['kills', 'unresolved', 'keys'] as const) total[name] += report[name];
    total.refusedMs.push(...refusalsOf(report));
    if (report.findings.length > 0 || report.unresolved > 0) options.keep(total.rounds, report);
    const all = Object.values(total.operations).reduce((sum, count) => sum + count, 0);
    options.log(`-- round ${total.rounds}: ${all} operations and ${total.kills} kills so far`);
  }
  total.refusedMs.sort((a, b) => a - b);
  total.seconds = (performance.now() - startedAt) / 1_000;
  return total;
}
