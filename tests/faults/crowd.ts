import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { type CallerDeps, createCaller } from './caller.ts';
import { countHeld, type Scope } from './facts.ts';
import { createFan } from './fan.ts';
import type { Habits } from './habits.ts';
import type { OpenHall } from './hall.ts';
import type { Recorder } from './recorder.ts';
import type { Rig } from './rig.ts';

export interface CrowdOptions {
  rig: Pick<Rig, 'databaseUrl' | 'gatewayUrls'>;
  opened: OpenHall;
  recorder: Recorder;
  fans: number;
  habits: Habits;
  /** From 0 to below 1, the same for the same seed. */
  random: () => number;
}

/** Fans at work, and somebody who looks at the room as anybody can. */
export interface Crowd {
  /** Everybody leaves for good, and what they left behind comes to rest. */
  disperse(): Promise<void>;
  /** At once, whatever they are at. */
  stop(): Promise<void>;
}

/** Looks at the room for as long as the run lasts. */
async function observe(deps: CallerDeps, signal: AbortSignal): Promise<void> {
  const { note, hall } = createCaller(deps);
  const roomId = hall.concertId;
  while (!signal.aborted) {
    await note('room', { roomId }, { method: 'GET', path: `/queue/${roomId}` }, (body) => ({
      front: Number(body['front']),
      tail: Number(body['tail']),
      active: Number(body['active']),
      waiting: Number(body['waiting']),
    }));
    await delay(300);
  }
}

export function gatherCrowd(options: CrowdOptions): Crowd {
  const { rig, opened, recorder, fans, habits, random } = options;
  const { databaseUrl, gatewayUrls } = rig;
  const { hall, accounts, scope } = opened;
  const dispatcher = new Agent({ connections: 128 });
  const stopped = new AbortController();
  const depsOf = (proc: number): CallerDeps => {
    const account = accounts[proc];
    if (!account) throw new Error('no account');
    const { signal } = stopped;
    const all = { gatewayUrls, hall, recorder, dispatcher, habits, random, stopped: signal };
    return { ...all, proc, account };
  };
  const over = new AbortController();
  const visits = Array.from({ length: fans }, (_, proc) =>
    createFan(depsOf(proc)).visitUntil(over.signal),
  );
  const allGone = new AbortController();
  const watching = observe(depsOf(fans), allGone.signal);

  return {
    async disperse() {
      over.abort();
      await Promise.all(visits);
      await untilQuiet(databaseUrl, scope, recorder);
      allGone.abort();
      await watching;
      await dispatcher.close();
    },
    async stop() {
      stopped.abort();
      over.abort();
      allGone.abort();
      await dispatcher.destroy();
      await Promise.all([...visits, watching]);
    },
  };
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
