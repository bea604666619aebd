import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { audit } from '../../scripts/audit.ts';
import { type CallerDeps, createCaller } from './caller.ts';
import { checkers } from './checkers/index.ts';
import { countHeld, readFacts, type Scope } from './facts.ts';
import { createFan } from './fan.ts';
import { openHall } from './hall.ts';
import type { Op, Run } from './history.ts';
import { injectAll, type InjectedFault, type InjectOptions } from './inject.ts';
import { createRecorder, type Recorder } from './recorder.ts';

export interface FaultRunOptions extends InjectOptions {
  fans: number;
}

export interface FaultReport {
  operations: ReturnType<Recorder['counts']>;
  injected: InjectedFault[];
  kills: number;
  findings: { checker: string; findings: string[] }[];
  /** Keys whose outcome was never learned, of so many. */
  unresolved: number;
  keys: number;
  history: readonly Op[];
}

const lookEveryMs = 300;

/** Looks at the room as anybody can, for as long as the run lasts. */
async function observe(deps: CallerDeps, signal: AbortSignal): Promise<void> {
  const { note, hall } = createCaller(deps);
  const roomId = hall.concertId;
  const once = (): Promise<unknown> =>
    note('room', { roomId }, { method: 'GET', path: `/queue/${roomId}` }, (body) => ({
      front: Number(body['front']),
      tail: Number(body['tail']),
      active: Number(body['active']),
      waiting: Number(body['waiting']),
    }));
  while (!signal.aborted) {
    await once();
    await delay(lookEveryMs);
  }
}

/** Long enough for every kind of call to be seen at work again. */
const afterwardsMs = 5_000;

/** Load and faults, then quiet, then every checker and the audit: one round, on a hall of its own. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const { rig, fans, random, log } = options;
  const recorder = createRecorder();
  const { hall, accounts, scope, policy } = await openHall(rig, fans);
  const { databaseUrl, gatewayUrls } = rig;
  const dispatcher = new Agent({ connections: 128 });
  const depsOf = (proc: number): CallerDeps => {
    const account = accounts[proc];
    if (!account) throw new Error('no account');
    return { proc, account, gatewayUrls, hall, recorder, dispatcher, random };
  };
  const over = new AbortController();
  const visits = Array.from({ length: fans }, (_, proc) =>
    createFan(depsOf(proc)).visitUntil(over.signal),
  );
  const allGone = new AbortController();
  const watching = observe(depsOf(fans), allGone.signal);
  const injected = await injectAll(options, recorder);
  const healedMs = recorder.nowMs();
  await delay(afterwardsMs);
  over.abort();
  await Promise.all(visits);
  await untilQuiet(databaseUrl, scope, recorder);
  allGone.abort();
  await watching;
  await dispatcher.close();

  const facts = await readFacts(databaseUrl, scope);
  const forgotMs = injected.filter(({ forgets }) => forgets).map(({ fromMs }) => fromMs);
  const seen = { history: recorder.ops, facts, policy, forgotMs, healedMs };
  const findings = await findAll(seen, databaseUrl);
  for (const { checker, findings: found } of findings) log(`${checker}: ${found.join('; ')}`);
  return {
    operations: recorder.counts(),
    injected,
    kills: injected.reduce((sum, fault) => sum + fault.kills, 0),
    findings,
    ...countKeys(recorder.ops),
    history: recorder.ops,
  };
}

async function findAll(run: Run, databaseUrl: string): Promise<FaultReport['findings']> {
  const findings = Object.entries(checkers)
    .map(([checker, check]) => ({ checker, findings: check(run) }))
    .filter((one) => one.findings.length > 0);
  for (const { check, rows } of await audit(databaseUrl)) {
    findings.push({ checker: `audit: ${check}`, findings: rows.map((row) => JSON.stringify(row)) });
  }
  return findings;
}

const quietWithinMs = 40_000;

/** Holds run out, leases end, the outbox empties: until the room is empty, or it never will be. */
async function untilQuiet(databaseUrl: string, scope: Scope, recorder: Recorder): Promise<void> {
  const endsAtMs = recorder.nowMs() + quietWithinMs;
  while (recorder.nowMs() < endsAtMs) {
    const last = recorder.ops.findLast((op) => op.op === 'room' && op.result === 'ok');
    const isEmpty = last?.op === 'room' && last.value?.active === 0 && last.value.waiting === 0;
    if (isEmpty && (await countHeld(databaseUrl, scope)) === 0) return;
    await delay(500);
  }
}

function countKeys(ops: readonly Op[]): { keys: number; unresolved: number } {
  const known = new Map<string, boolean>();
  for (const { op, args, result } of ops) {
    if (!('key' in args)) continue;
    const name = `${op} ${args.key}`;
    known.set(name, known.get(name) === true || result !== 'unknown');
  }
  const unresolved = [...known.values()].filter((isKnown) => !isKnown).length;
  return { keys: known.size, unresolved };
}
