import { request } from 'undici';
import type { Fan } from '../../scripts/client/fan.ts';
import type { Stack } from '../harness/stack.ts';
import type { FuzzAnswer } from './check-answer.ts';
import { createPool, type Pool } from './pool.ts';
import type { PlannedRequest, Sender } from './request.ts';
import type { Step } from './step.ts';

/** Accounts, rooms and tokens that the calls are about; it grows with what they do. */
export interface FuzzWorld {
  pool: Pool;
  senderOf(step: Step): Sender;
  send(planned: PlannedRequest): Promise<FuzzAnswer>;
  /** Keeps what an answer gives to go on with. */
  learn(step: Step, planned: PlannedRequest, answer: FuzzAnswer): void;
  /** A concert on sale, and people inside, whatever the calls before have closed. */
  refresh(): Promise<void>;
}

const insideCount = 4;
const fansCount = 5;

const roomIn = (path: string): string => /\/(?:queue|concerts)\/(\d+)/.exec(path)?.[1] ?? '';

/** The queue tokens of accounts by room. */
function createTokenBook() {
  const byRoom = new Map<string, string>();
  const latest = new Map<string, string>();
  return {
    keep(userId: string, roomId: string, token: string): void {
      byRoom.set(`${userId} ${roomId}`, token);
      latest.set(userId, token);
    },
    latest: (userId: string): string | undefined => latest.get(userId),
    /** The token of this room rather than the latest one, where its holder has it. */
    ofRoom(token: string, roomId: string): string {
      const holder = [...latest].find(([, one]) => one === token)?.[0];
      return byRoom.get(`${holder} ${roomId}`) ?? token;
    },
  };
}

export async function createFuzzWorld(stack: Stack): Promise<FuzzWorld> {
  const pool = createPool();
  const fans = await stack.fans(fansCount, { points: 5_000_000 });
  const [stranger] = await stack.fans(1);
  if (!stranger) throw new Error('no stranger');
  const tokens = createTokenBook();

  const fanOf = ({ who }: Step): Fan => fans[who % fans.length] ?? stranger;

  async function enter(fan: Fan, concertId: string): Promise<void> {
    fan.queueToken = undefined;
    await fan.enter(concertId, 10_000);
    tokens.keep(fan.userId, concertId, String(fan.queueToken));
  }

  return {
    pool,
    senderOf(step) {
      const fan = step.operation.isAdmin ? stack.admin : fanOf(step);
      return {
        userId: fan.userId,
        accessToken: fan.accessToken,
        queueToken: tokens.latest(fan.userId),
        otherAccessToken: stranger.accessToken,
      };
    },
    async send({ method, path, headers, body }) {
      const token = headers['x-queue-token'];
      const ofRoom = token && { 'x-queue-token': tokens.ofRoom(token, roomIn(path)) };
      const answer = await request(`${stack.gatewayUrl}${path}`, {
        method: method as 'GET',
        headers: { ...headers, ...(ofRoom || {}) },
        body: body ?? null,
      });
      const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
      if (isStream) answer.body.on('error', () => undefined).destroy();
      const text = isStream ? '' : await answer.body.text();
      return { status: answer.statusCode, headers: answer.headers, text };
    },
    learn(step, planned, { status, text }) {
      if (status >= 300 || text === '' || !text.startsWith('{')) return;
      const answer = JSON.parse(text) as { token?: string };
      pool.harvest(answer, fanOf(step).userId);
      if (answer.token !== undefined)
        tokens.keep(fanOf(step).userId, roomIn(planned.path), answer.token);
    },
    async refresh() {
      const { concertId, scheduleId, seatIds } = await stack.createConcert({
        seats: 12,
        price: 1_000,
        policy: { maxActive: insideCount + 1 },
      });
      pool.focus({ concertId, concertScheduleId: scheduleId });
      for (const seatId of seatIds) pool.add('seatId', seatId);
      await Promise.all(fans.slice(0, insideCount).map((fan) => enter(fan, concertId)));
    },
  };
}
