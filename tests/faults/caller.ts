import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Facts, Op } from './history.ts';
import type { Recorder } from './recorder.ts';
import { type Call, callOver, type Outcome } from './wire-call.ts';

/** Where a run takes place. */
export interface Hall {
  concertId: string;
  scheduleId: string;
  seats: Pick<Facts['seats'][number], 'seatId' | 'price'>[];
}

export interface CallerDeps {
  proc: number;
  account: { userId: string; accessToken: string };
  gatewayUrls: readonly string[];
  hall: Hall;
  recorder: Recorder;
  dispatcher: Dispatcher;
  /** From 0 to below 1, by the seed of the run. */
  random: () => number;
}

type OpNamed<Name extends Op['op']> = Extract<Op, { op: Name }>;
type PathCall = Omit<Call, 'url'> & { path: string };

/** One account's calls, each written down. */
export interface Caller extends CallerDeps {
  /** Of the last join or activation. */
  queueToken: string | undefined;
  pick<T>(items: readonly T[]): T;
  /** A key that nobody else uses. */
  newKey(): string;
  /** Sends and writes down; `value` reads what a good answer says. */
  note<Name extends Op['op']>(
    op: Name,
    args: OpNamed<Name>['args'],
    call: PathCall,
    value?: (body: Record<string, unknown>) => OpNamed<Name>['value'],
  ): Promise<Outcome>;
  /** The same again and again until the outcome is known. */
  surely(once: () => Promise<Outcome>): Promise<Outcome>;
}

/** Calls with a key are repeated for so long at most. */
const repeatForMs = 60_000;
const repeatEveryMs = 150;

export function createCaller(deps: CallerDeps): Caller {
  const { proc, account, recorder, random } = deps;
  let keys = 0;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const caller: Caller = {
    ...deps,
    queueToken: undefined,
    pick,
    newKey: () => `${account.userId}-${proc}-${(keys += 1)}`,
    async note(op, args, { path, ...call }, value) {
      const { accessToken } = account;
      const { queueToken } = caller;
      const url = `${pick(deps.gatewayUrls)}${path}`;
      const invokedMs = recorder.nowMs();
      const sent = { accessToken, queueToken, ...call, url };
      const outcome = await callOver(deps.dispatcher, sent);
      const { result, text, status } = outcome;
      recorder.add({
        op,
        proc,
        args,
        invokedMs,
        returnedMs: status === 0 ? Infinity : recorder.nowMs(),
        result,
        ...(result === 'ok'
          ? { value: value?.(outcome.body), body: text }
          : { refusal: `${status} ${String(outcome.body['code'] ?? '')}` }),
      } as Op);
      return outcome;
    },
    async surely(once) {
      const untilMs = recorder.nowMs() + repeatForMs;
      for (;;) {
        const outcome = await once();
        if (outcome.result !== 'unknown' || recorder.nowMs() > untilMs) return outcome;
        await delay(repeatEveryMs);
      }
    },
  };
  return caller;
}
