import { audit } from '../../scripts/audit.ts';
import { checkers } from './checkers/index.ts';
import { readFacts, type Scope } from './facts.ts';
import type { Finding, Policy, Run } from './history.ts';
import type { Recorder } from './recorder.ts';

/** What one checker, or one question of the audit, has found. */
export interface Found {
  checker: string;
  findings: Finding[];
}

export interface CheckedRun {
  recorder: Recorder;
  databaseUrl: string;
  scope: Scope;
  policy: Policy;
  answerWithinMs?: number | undefined;
  /** When Redis lost what it knew, or its last second. */
  forgotMs?: readonly number[];
  failovers?: Run['failovers'];
  healings?: Run['healings'];
  /** When the last fault was healed; left out while the run goes on. */
  healedMs?: number;
}

/** Say something only once everybody has left and everything has come to rest. */
const atRest = new Set(['worksAgain', 'slotsComeBack']);

/**
 * Asks every checker, and the audit. May be asked while the run goes on: the rows are those of one
 * moment, what was answered before it must be in them, and what is in them was asked for before the
 * history ends.
 */
export async function checkRun({ recorder, ...run }: CheckedRun): Promise<Found[]> {
  const readMs = recorder.nowMs();
  const facts = await readFacts(run.databaseUrl, run.scope);
  const history = recorder.soFar();
  const isOver = run.healedMs !== undefined;
  const { policy, answerWithinMs, failovers, healings, forgotMs = [], healedMs = Infinity } = run;
  const endedMs = recorder.nowMs();
  const times = { readMs, endedMs, answerWithinMs, forgotMs, failovers, healings, healedMs };
  const checked: Run = { history, facts, policy, ...times };
  const found = Object.entries(checkers)
    .filter(([checker]) => isOver || !atRest.has(checker))
    .map(([checker, check]) => ({ checker, findings: check(checked) }))
    .filter(({ findings }) => findings.length > 0);
  for (const { check, rows } of await audit(run.databaseUrl)) {
    found.push({ checker: `audit: ${check}`, findings: rows.map((row) => JSON.stringify(row)) });
  }
  return found;
}
