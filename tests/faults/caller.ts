import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Habits } from './habits.ts';
import type { Hall } from './hall.ts';
import type { Op } from './history.ts';
import type { Recorder } from './recorder.ts';
import { type Call, callOver, type Outcome } from './wire-call.ts';

export interface CallerDeps {
  proc: number;
  account: { userId: string; accessToken: string };
  gatewayUrls: readonly string[];
  hall: Hall;
  recorder: Recorder;
  dispatcher: Dispatcher;
  habits: Habits;
  /** Nothing is repeated any more. */
  stopped: AbortSignal;
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
      const end = recorder.begin({ op, proc, args, invokedMs });
      const outcome = await callOver(deps.dispatcher, sent);
      const { result, text, status } = outcome;
      end({
        returnedMs: status === 0 ? Infinity : recorder.nowMs(),
        result,
        ...(result === 'ok'
          ? { value: value?.(outcome.body), body: text }
          : { refusal: `${status} ${String(outcome.body['code'] ?? '')}` }),
      });
      return outcome;
    },
    async surely(once) {
      const untilMs = recorder.nowMs() + repeatForMs;
      for (;;) {
        const outcome = await once();
        const isOver = recorder.nowMs() > untilMs || deps.stopped.aborted;
        if (outcome.result !== 'unknown' || isOver) return outcome;
        await delay(repeatEveryMs);
      }
    },
  };
  return caller;
}
