import type { Entry, EntryWithToken, Room } from '../../shared/contracts/queue.ts';
import {
  type CallName,
  type FanAccount,
  type FanIo,
  isProblem,
  type LoadSetup,
  type Reply,
} from './io.ts';
import { type LoadPlan, watchSeconds } from './plan.ts';

/** One fan of a run, with what it carries from call to call. */
export interface LoadFan extends FanAccount {
  io: FanIo;
  setup: LoadSetup;
  /** Unix time in ms at which the first fan arrived. */
  runStartedAtMs: number;
  queueToken?: string;
  /** The events said that its turn has come, or that there is none. */
  turnWasHeard?: boolean;
}

export type LineEnd = 'inside' | 'sold-out' | 'refused';

type Ended = { reason?: string };

/** One status call in so many also looks whether the front has passed the one who waits. */
const fairnessShare = 0.05;
const retryMs = 1_000;

/** Joins, listens or asks as often as told to, takes its turn. Ends inside, or with the news that it is over. */
export async function goThroughLine(fan: LoadFan): Promise<LineEnd> {
  const { io } = fan;
  const startedAtMs = io.nowMs();
  let entry: Entry | 'sold-out' | undefined = await join(fan);
  for (;;) {
    if (entry === undefined) return 'refused';
    if (entry === 'sold-out') {
      io.count('sold_out_answers');
      return entry;
    }
    if (entry.status === 'ACTIVE' || (entry.status === 'READY' && (await activate(fan)))) break;
    await waitOnce(fan, entry);
    entry = await ask(fan, entry);
  }
  io.count('admitted');
  io.note('time_in_line', io.nowMs() - startedAtMs);
  return 'inside';
}

/** Who listens shows a sign of life by that; a status call now and then is only to be safe. */
const listenMaxMs = 60_000;

/** By the events where the fan waits so and its turn is to come, else as long as it was told. */
async function waitOnce(fan: LoadFan, entry: Entry): Promise<void> {
  const { io, setup, queueToken } = fan;
  if (!io.listen || fan.turnWasHeard) return io.waitMs(entry.pollAfterMs);
  const end = await io.listen({
    path: `/queue/${setup.concertId}/events`,
    ...(queueToken === undefined ? {} : { queueToken }),
    maxMs: listenMaxMs,
    until: (data) => isOver(roomOf(data), entry),
  });
  // From here on only the own place tells more: asked for as often as the line says.
  fan.turnWasHeard = end !== 'late';
}

const isOver = ({ front, phase }: Room, { queueId }: Entry): boolean =>
  front >= Number(queueId ?? Infinity) || phase === 'SOLD_OUT' || phase === 'CLOSED';

let lastRead: { data: string; room: Room } | undefined;

/** Everybody gets the same bytes: read once for all who listen. */
function roomOf(data: string): Room {
  if (lastRead?.data !== data) lastRead = { data, room: JSON.parse(data) as Room };
  return lastRead.room;
}

/** What who comes after the last seat is told. */
const soldOut = { code: 'room-closed', detail: 'Every seat is sold' };

/** @returns undefined when there is no place for a reason that a fan cannot mend */
async function join(fan: LoadFan): Promise<Entry | 'sold-out' | undefined> {
  const { io, setup, accessToken } = fan;
  const answer = await io.call<EntryWithToken>('join', {
    method: 'POST',
    path: `/queue/${setup.concertId}/tokens`,
    accessToken,
    expected: [200, 201],
    expectedProblem: soldOut,
  });
  if (isProblem(answer.body, soldOut)) return 'sold-out';
  if (answer.status >= 300 || !answer.body) return undefined;
  fan.queueToken = answer.body.token;
  fan.turnWasHeard = false;
  return answer.body;
}

/** @returns undefined when the place is lost for a reason that a fan cannot mend */
async function ask(fan: LoadFan, before: Entry): Promise<Entry | 'sold-out' | undefined> {
  const { io } = fan;
  const front = io.random() < fairnessShare ? await readFront(fan) : undefined;
  io.count('polls');
  const answer = await ofMine<Entry & Ended>(fan, 'status', 'GET', '', [200, 410]);
  if (answer.status === 410) {
    if (answer.body?.reason === 'sold-out') return 'sold-out';
    io.count('turns_missed');
    return join(fan);
  }
  if (answer.status !== 200 || !answer.body) {
    // Counted as unexpected already; the place is kept, so the fan asks again.
    await io.waitMs(retryMs);
    return before;
  }
  const entry = answer.body;
  if ((entry.position ?? 0) > (before.position ?? Infinity)) io.count('position_went_back');
  const isPassed = front !== undefined && Number(entry.queueId) <= front;
  if (isPassed && entry.status === 'WAITING') io.count('passed_over');
  return entry;
}

async function readFront({ io, setup }: LoadFan): Promise<number | undefined> {
  const path = `/queue/${setup.concertId}`;
  const answer = await io.call<Room>('room', { method: 'GET', path, expected: [200] });
  return answer.body?.front;
}

async function activate(fan: LoadFan): Promise<boolean> {
  const answer = await ofMine<{ token: string }>(
    fan,
    'activate',
    'POST',
    '/activate',
    [200, 409, 410],
  );
  if (answer.status !== 200 || !answer.body) return false;
  fan.queueToken = answer.body.token;
  return true;
}

export async function leaveLine(fan: LoadFan): Promise<void> {
  await ofMine(fan, 'leave', 'DELETE', '', [204]);
}

function ofMine<Body>(
  { io, setup, accessToken, queueToken }: LoadFan,
  name: CallName,
  method: 'GET' | 'POST' | 'DELETE',
  below: string,
  expected: readonly number[],
): Promise<Reply<Body>> {
  return io.call(name, {
    method,
    path: `/queue/${setup.concertId}/tokens/me${below}`,
    accessToken,
    ...(queueToken === undefined ? {} : { queueToken }),
    expected,
  });
}

/** How often the room is looked at to measure its speed. */
const watchMs = 500;

/**
 * Measures the speed of the front, from the outside: how far it moved in the time in which the rate
 * was what bound. Ends with the line of the plan.
 */
export async function watchAdmission(
  { io, setup }: Pick<LoadFan, 'io' | 'setup'>,
  plan: LoadPlan,
): Promise<void> {
  const { admitPerSecond } = plan.policy;
  const endsAtMs = io.nowMs() + watchSeconds(plan) * 1_000;
  let before: { front: number; atMs: number } | undefined;
  let moved = 0;
  let boundMs = 0;
  while (io.nowMs() < endsAtMs) {
    const path = `/queue/${setup.concertId}`;
    const answer = await io.call<Room>('room', { method: 'GET', path, expected: [200] });
    const room = answer.body;
    const now =
      room?.limit === 'rate' && room.waiting > (admitPerSecond * watchMs) / 1_000
        ? { front: room.front, atMs: io.nowMs() }
        : undefined;
    if (before && now) {
      moved += now.front - before.front;
      boundMs += now.atMs - before.atMs;
      io.count('rate_bound_ms', now.atMs - before.atMs);
      const perSecond = (moved * 1_000) / boundMs;
      io.gauge('admitted_per_second', perSecond);
      io.gauge('admission_error', Math.abs(perSecond / admitPerSecond - 1));
    }
    before = now;
    await io.waitMs(watchMs);
  }
}
