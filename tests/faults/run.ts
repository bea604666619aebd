import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { makeAccounts } from '../../scripts/accounts.ts';
import { audit } from '../../scripts/audit.ts';
import { createApiClient } from '../../scripts/client/api-client.ts';
import { createFan as createApiFan } from '../../scripts/client/fan.ts';
import { makeConcert } from '../../scripts/client/make-concert.ts';
import { type CallerDeps, createCaller, type Hall } from './caller.ts';
import { checkers } from './checkers/index.ts';
import { readFacts } from './facts.ts';
import { createFan } from './fan.ts';
import type { Fault } from './faults.ts';
import type { Op, Run } from './history.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { Rig } from './rig.ts';

export interface FaultRunOptions {
  rig: Rig;
  /** Faults are injected for so long. */
  seconds: number;
  fans: number;
  /** From 0 to below 1, the same for the same seed. */
  random: () => number;
  /** Taken one after the other, in an order by `random`, for as long as there is time. */
  faults: readonly Fault[];
  log: (line: string) => void;
}

export interface InjectedFault {
  name: string;
  /** From the healing to the first sale call that worked; undefined when none did in time. */
  backAfterMs: number | undefined;
}

export interface FaultReport {
  operations: ReturnType<Recorder['counts']>;
  injected: InjectedFault[];
  kills: number;
  findings: { checker: string; findings: string[] }[];
  /** Keys whose outcome was never learned. */
  unresolved: number;
  history: readonly Op[];
}

const policy = {
  maxActive: 8,
  admitPerSecond: 50,
  claimSeconds: 5,
  activeSeconds: 30,
  idleSeconds: 10,
  graceSeconds: 30,
};
const seats = 40;
const price = 10_000;

async function openHall(rig: Rig): Promise<Hall> {
  const [gatewayUrl = ''] = rig.gatewayUrls;
  const api = createApiClient({ gatewayUrl, connections: 1 });
  const { databaseUrl, accessTokenKeys } = rig;
  const [owner] = await makeAccounts({ databaseUrl, accessTokenKeys, count: 1, role: 'ADMIN' });
  if (!owner) throw new Error('no account for the owner');
  const concertName = 'Faults';
  const wish = { concertName, seats, price, seatsPerUser: 4, policy };
  const concert = await makeConcert(createApiFan(api, owner), wish);
  await api.close();
  const { seats: rows } = await readFacts(databaseUrl);
  return { ...concert, seats: rows.map((row) => ({ seatId: row.seatId, price: row.price })) };
}

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
    await delay(300);
  }
}

const saleKinds = new Set<Op['op']>(['hold', 'charge', 'pay', 'refund']);
const backWithinMs = 15_000;

/** The first call after `sinceMs` that sold or moved points. */
async function firstSale(recorder: Recorder, sinceMs: number): Promise<number | undefined> {
  let at = recorder.ops.length;
  while (recorder.nowMs() < sinceMs + backWithinMs) {
    for (let op = recorder.ops[at]; op; op = recorder.ops[(at += 1)]) {
      const works = saleKinds.has(op.op) && op.result === 'ok' && op.invokedMs >= sinceMs;
      if (works) return Math.round(op.returnedMs - sinceMs);
    }
    await delay(20);
  }
  return undefined;
}

async function injectAll(
  { rig, seconds, random, faults, log }: FaultRunOptions,
  recorder: Recorder,
): Promise<InjectedFault[]> {
  const endsAtMs = recorder.nowMs() + seconds * 1_000;
  const injected: InjectedFault[] = [];
  let bag: Fault[] = [];
  while (recorder.nowMs() < endsAtMs) {
    if (bag.length === 0) bag = [...faults];
    const [fault] = bag.splice(Math.floor(random() * bag.length), 1);
    if (!fault) break;
    await delay(500 + random() * 1_500);
    const heal = await fault.inject(rig);
    await delay(300 + random() * 2_500);
    await heal();
    const backAfterMs = await firstSale(recorder, recorder.nowMs());
    injected.push({ name: fault.name, backAfterMs });
    const { ok, fail, unknown } = recorder.counts();
    log(`${fault.name}: back after ${backAfterMs} ms (${ok} ok, ${fail} fail, ${unknown} unknown)`);
  }
  return injected;
}

/** Load and faults, then quiet, then every checker and the audit. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  const { rig, fans, random, faults, log } = options;
  const recorder = createRecorder();
  const hall = await openHall(rig);
  const { databaseUrl, accessTokenKeys, gatewayUrls } = rig;
  const accounts = await makeAccounts({ databaseUrl, accessTokenKeys, count: fans + 1 });
  const dispatcher = new Agent({ connections: 64 });
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
  // Long enough for every kind of call to be seen at work again.
  await delay(5_000);
  over.abort();
  await Promise.all(visits);
  await untilQuiet(rig, recorder);
  allGone.abort();
  await watching;
  await dispatcher.close();

  const facts = await readFacts(databaseUrl);
  const run: Run = { history: recorder.ops, facts, policy, healedMs };
  const findings = Object.entries(checkers)
    .map(([checker, check]) => ({ checker, findings: check(run) }))
    .filter((one) => one.findings.length > 0);
  for (const { check, rows } of await audit(databaseUrl)) {
    findings.push({ checker: `audit: ${check}`, findings: rows.map((row) => JSON.stringify(row)) });
  }
  for (const { checker, findings: found } of findings) log(`${checker}: ${found.join('; ')}`);
  const kills = injected.reduce(
    (sum, { name }) => sum + (faults.find((fault) => fault.name === name)?.kills ?? 0),
    0,
  );
  const unresolved = countUnresolved(recorder.ops);
  return {
    operations: recorder.counts(),
    injected,
    kills,
    findings,
    unresolved,
    history: recorder.ops,
  };
}

const quietWithinMs = 40_000;

/** Holds run out, leases end, the outbox empties: until the room is empty, or it never will be. */
async function untilQuiet(rig: Rig, recorder: Recorder): Promise<void> {
  const endsAtMs = recorder.nowMs() + quietWithinMs;
  while (recorder.nowMs() < endsAtMs) {
    const last = recorder.ops.findLast((op) => op.op === 'room' && op.result === 'ok');
    const isEmpty = last?.op === 'room' && last.value?.active === 0 && last.value.waiting === 0;
    const { reservations } = await readFacts(rig.databaseUrl);
    if (isEmpty && reservations.every((one) => one.reservationStatus !== 'HELD')) return;
    await delay(500);
  }
}

function countUnresolved(ops: readonly Op[]): number {
  const known = new Map<string, boolean>();
  for (const { op, args, result } of ops) {
    if (!('key' in args)) continue;
    const name = `${op} ${args.key}`;
    known.set(name, known.get(name) === true || result !== 'unknown');
  }
  return [...known.values()].filter((isKnown) => !isKnown).length;
}
