import type { Redis } from 'ioredis';
import { roomKeys } from '../../queue-gateway/queue/queue-keys.ts';
import { createQueueStore } from '../../queue-gateway/queue/queue-store.ts';
import type { Fan } from '../../scripts/client/fan.ts';
import { eventually } from '../harness/eventually.ts';
import { startMs } from '../line/driven-room.ts';
import type { Gateways } from '../line/gateways.ts';
import type { ModelPolicy } from '../line/line-model.ts';

/** `ACTIVE 3`, `WAITING`, `ENDED left`, or the code of a problem. */
export type LineWord = string;
export type LineAsk = 'status' | 'extend' | 'activate' | 'leave';

/** One browser tab for each account: what it has been given so far. */
export interface LineTab {
  join(user: string): Promise<{ word: LineWord; isNew: boolean; number: number }>;
  ask(what: LineAsk, user: string): Promise<LineWord>;
  /** Whether this account was ever given a queue token here. */
  hasToken(user: string): boolean;
}

/** A room of its own behind running gateways, with a clock that the test moves. */
export interface LineHall extends LineTab {
  /** Tabs that know nothing of the others. */
  openTab(): LineTab;
  advance(ms: number): Promise<void>;
  /** Admission, now. */
  tick(): Promise<{ front: number; tail: number; slots: number; living: number }>;
  /**
   * Asks, and waits until the sign of life that it is has reached Redis. A gateway keeps signs for a
   * moment; one that came after the clock has moved on would count for longer.
   */
  showLife(number: number, ask: () => Promise<LineWord>): Promise<LineWord>;
  control(control: ModelPolicy['control']): Promise<void>;
  configure(policy: Pick<ModelPolicy, 'maxActive' | 'admitPerSecond'>): Promise<void>;
}

export interface LineHallDeps {
  line: Gateways;
  redis: Redis;
  /** Which gateway is asked next. */
  at: () => number;
}

const windowMs = 60_000;
const cords = { OPEN: 'open', PAUSED: 'pause', CLOSED: 'close' } as const;

function wordOf(status: number, body: Record<string, unknown> | undefined): LineWord {
  if (status < 300) return String(body?.['status'] ?? 'left');
  const code = String(body?.['code']);
  return code === 'queue-token-ended' ? `ENDED ${String(body?.['reason'])}` : code;
}

/** What a caller is told where the Lua says this. */
export function toldOf(what: LineAsk, word: string): LineWord {
  if (what === 'leave') return word === 'ENDED left' ? 'left' : word;
  if (what === 'status') return word;
  if (word === 'WAITING') return 'not-your-turn';
  return what === 'activate' && word === 'ENDED missed' ? 'turn-missed' : word;
}

/** The room as Redis has it: its clock, its admission, its signs of life. */
async function openClockwork(
  { namespace, api }: Gateways,
  redis: Redis,
  roomId: string,
): Promise<Pick<LineHall, 'advance' | 'tick' | 'showLife'>> {
  const keys = roomKeys(namespace, roomId);
  let nowMs = startMs;
  await redis.hset(keys.state, 'clock', nowMs);
  const run = await eventually(async () => {
    await api().call('GET', `/queue/${roomId}`);
    const known = await redis.hget(keys.state, 'server');
    if (known === null) throw new Error('the room is not known to Redis yet');
    return known.replace(/^run:/, '');
  });
  const store = createQueueStore({
    redis,
    namespace,
    server: { of: () => ({ client: redis, run }) },
  });
  return {
    async advance(ms) {
      nowMs += ms;
      await redis.hset(keys.state, 'clock', nowMs, 'seenAt', nowMs);
    },
    async tick() {
      const { front, tail, slots, living } = await store.tick(roomId, { withCensus: true });
      return { front, tail, slots, living };
    },
    async showLife(number, ask) {
      const key = keys[Math.floor(nowMs / windowMs) % 2 === 0 ? 'alive0' : 'alive1'] ?? '';
      await redis.setbit(key, number, 0);
      const said = await ask();
      await eventually(async () => {
        if ((await redis.getbit(key, number)) === 1) return;
        throw new Error(`no sign of life of number ${number} has come to Redis`);
      });
      return said;
    },
  };
}

function createTab({ line, at }: Pick<LineHallDeps, 'line' | 'at'>, roomId: string): LineTab {
  const tokens = new Map<string, string | undefined>();

  /** The account at whichever gateway is next. */
  async function as<T>(user: string, work: (fan: Fan) => Promise<T>): Promise<T> {
    const fan = line.fan(user, at());
    fan.queueToken = tokens.get(user);
    const result = await work(fan);
    tokens.set(user, fan.queueToken);
    return result;
  }

  return {
    join: (user) =>
      as(user, async (fan) => {
        const { status, body } = await fan.join(roomId);
        const word = wordOf(status, { ...body });
        return { word, isNew: status === 201, number: Number(body.queueId) };
      }),
    ask: (what, user) =>
      as(user, async (fan) => {
        const { status, body } = await fan[what](roomId);
        const answer = body as Record<string, unknown> | undefined;
        if (what === 'activate' && status === 200) return 'ACTIVE';
        return wordOf(status, answer);
      }),
    hasToken: (user) => tokens.get(user) !== undefined,
  };
}

export async function openLineHall(
  { line, redis, at }: LineHallDeps,
  policy: ModelPolicy,
): Promise<LineHall> {
  const seconds = {
    claimSeconds: policy.claimMs / 1_000,
    activeSeconds: policy.activeMs / 1_000,
    idleSeconds: policy.idleMs / 1_000,
    graceSeconds: 0,
  };
  const { maxActive, admitPerSecond, control } = policy;
  const roomId = line.core.addRoom({ ...seconds, maxActive, admitPerSecond, control });
  const clockwork = await openClockwork(line, redis, roomId);
  async function change(method: string, path: string, body?: object): Promise<void> {
    const answer = await line.admin(at()).call(method, path, { body });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  }

  const openTab = () => createTab({ line, at }, roomId);
  return {
    ...openTab(),
    openTab,
    ...clockwork,
    control: (control) => change('POST', `/admin/queue/${roomId}/${cords[control]}`),
    configure: (policy) => change('PUT', `/admin/queue/${roomId}`, { ...policy, force: true }),
  };
}
