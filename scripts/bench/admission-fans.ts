import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Entry } from '../../shared/contracts/queue.ts';
import type { Seen } from './admission-record.ts';

/** What becomes of a fan: shares of all who join. */
export const shares = { leaves: 0.1, vanishes: 0.1, noShow: 0.3 } as const;

export type Fate = 'goes-in' | 'leaves' | 'vanishes' | 'no-show';

/** @param dice 0 … 1, one for each question. */
export function fateOf(dice: readonly [number, number]): Fate {
  if (dice[0] < shares.leaves) return 'leaves';
  if (dice[0] < shares.leaves + shares.vanishes) return 'vanishes';
  return dice[1] < shares.noShow ? 'no-show' : 'goes-in';
}

export interface FanWorld {
  room: string;
  /** Ports of the gateways; one that does not answer is passed over. */
  pools: readonly Pool[];
  accessTokenOf: (userId: number) => Promise<string>;
  record: Seen[];
  stayMs: () => number;
  isOver: () => boolean;
  /** Sleeps, but not beyond the end. */
  nap: (ms: number) => Promise<void>;
}

export const openPools = (ports: readonly number[]): Pool[] =>
  ports.map((port) => new Pool(`http://127.0.0.1:${port}`, { connections: 64 }));

type Answer = { status: number; body: Partial<Entry> & { token?: string } };

const tries = 4;

/** As behind a balancer: to any gateway, and to the next one when that is gone. */
async function call(
  { pools }: FanWorld,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const first = Math.floor(Math.random() * pools.length);
  for (let at = 0; at < tries; at += 1) {
    const pool = pools[(first + at) % pools.length];
    try {
      const answer = await pool?.request({ method, path, headers });
      const text = (await answer?.body.text()) ?? '';
      const status = answer?.statusCode ?? 0;
      if (status < 500) return { status, body: (text ? JSON.parse(text) : {}) as Answer['body'] };
    } catch {
      // Gone: the next one.
    }
    await sleep(200);
  }
  return { status: 503, body: {} };
}

/** Asks as often as told, until the turn comes or it is over. */
async function waitForTurn(world: FanWorld, number: number, token: string): Promise<boolean> {
  const path = `/queue/${world.room}/tokens/me`;
  const headers = { 'x-queue-token': token };
  let pauseMs = Math.random() * 1_000;
  while (!world.isOver()) {
    await world.nap(pauseMs);
    const askedAtMs = performance.now();
    const { status, body } = await call(world, 'GET', path, headers);
    if (status === 410) return false;
    if (status === 200 && body.status !== undefined)
      world.record.push({
        what: 'told',
        atMs: performance.now(),
        askedAtMs,
        number,
        // Who returns late waits in a lane of their own.
        status: body.status === 'WAITING' && body.position === 0 ? 'LATE' : body.status,
      });
    if (body.status === 'READY') return true;
    pauseMs = body.pollAfterMs ?? 1_000;
  }
  return false;
}

/** One fan from joining to the end. */
export async function playFan(world: FanWorld, userId: number, fate: Fate): Promise<void> {
  const { room, record, accessTokenOf } = world;
  const path = `/queue/${room}/tokens`;
  const address = `10.${(userId >> 16) & 255}.${(userId >> 8) & 255}.${userId & 255}`;
  const authorization = `Bearer ${await accessTokenOf(userId)}`;
  const bearer = { authorization, 'x-forwarded-for': address };
  const joined = await call(world, 'POST', path, bearer);
  const { token = '', queueId, status } = joined.body;
  const number = Number(queueId);
  if (!token) return;
  record.push({ what: 'joined', atMs: performance.now(), userId, number });
  if (fate === 'vanishes') return;
  if (fate === 'leaves') {
    await world.nap(Math.random() * 10_000);
    await call(world, 'DELETE', `${path}/me`, { 'x-queue-token': token });
    return;
  }
  let inside = token;
  if (status === 'WAITING') {
    if (!(await waitForTurn(world, number, token)) || fate === 'no-show') return;
    const taken = await call(world, 'POST', `${path}/me/activate`, { 'x-queue-token': token });
    if (taken.status !== 200 || taken.body.token === undefined) return;
    inside = taken.body.token;
  }
  record.push({ what: 'activated', atMs: performance.now(), number });
  await world.nap(world.stayMs());
  record.push({ what: 'left', atMs: performance.now(), number });
  await call(world, 'DELETE', `${path}/me`, { 'x-queue-token': inside });
}
