import { Pool } from 'undici';
import type { z } from 'zod';
import { assertionHeader, type Caller, nobody, signAssertion } from '../../shared/assertion.ts';
import type { Endpoint, Reply } from '../../shared/contracts/endpoint.ts';
import { redeemBypassCode } from '../../shared/contracts/challenges.ts';
import {
  changeRoom,
  findAccount,
  getInventory,
  getLoad,
  getRoomSetting,
  type Inventory,
  listRooms,
  type RoomSetting,
  sealDraw,
} from '../../shared/contracts/internal.ts';
import {
  getMinutes,
  type KeptMinutes,
  type RecordMinute,
  saveMinutes,
} from '../../shared/contracts/record.ts';
import type { KeySet } from '../../shared/keys.ts';
import { Problem } from '../../shared/problems.ts';
import { failureProblem } from '../forward/failure-rules.ts';
import { createFillTarget } from '../forward/target-rules.ts';
import { refusalOf } from './refusal-rules.ts';

type RoomChange = z.input<typeof changeRoom.body>;

/**
 * What the gateway itself asks of the core. Every call is signed, bounded in time, and its answer
 * is read by its contract.
 * @throws Problem `unavailable`, `gateway-timeout`, `bad-gateway`.
 */
export interface CoreClient {
  listRooms(): Promise<RoomSetting[]>;
  /** `undefined` when there is no such concert. */
  getRoomSetting(concertId: string): Promise<RoomSetting | undefined>;
  /** @throws Problem what the core refuses it with, e.g. `version-conflict`, `not-found`. */
  changeRoom(concertId: string, change: RoomChange, caller: Caller): Promise<RoomSetting>;
  /** Fixes who takes part in a draw; the answer has what was fixed first, and the secret. */
  sealDraw(concertId: string, closed: z.input<typeof sealDraw.body>): Promise<RoomSetting>;
  /** Whether the code was good, and is used up for this account now. */
  redeemBypass(concertId: string, use: { userId: string; code: string }): Promise<boolean>;
  /** Minutes of a room, so that they outlive Redis. */
  saveMinutes(concertId: string, items: RecordMinute[]): Promise<void>;
  /** @throws Problem `not-found` too. */
  getMinutes(concertId: string): Promise<KeptMinutes>;
  /** @throws Problem `not-found` */
  findAccount(userName: string): Promise<{ userId: string }>;
  getInventory(concertId: string): Promise<Inventory>;
  getLoad(): Promise<Reply<typeof getLoad>>;
  /** Whether the core says that it can serve requests. Never throws. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export interface CoreClientOptions {
  /** Origin of the core. */
  url: string;
  assertionKeys: KeySet;
  /** Unix time in ms. */
  now: () => number;
  timeoutMs?: number;
}

interface Call {
  params?: Record<string, string>;
  body?: unknown;
  caller?: Caller;
}

const connections = 8;
const noQuery = new URLSearchParams();
const readyTarget = '/health/ready';
const readyTimeoutMs = 2_000;

function createCaller(options: CoreClientOptions, pool: Pool) {
  const { assertionKeys: keys, now, timeoutMs = 3_000 } = options;

  async function send(method: Endpoint['method'], target: string, given: Call, waitMs: number) {
    const body = given.body === undefined ? '' : JSON.stringify(given.body);
    const signed = { audience: 'core-api', method, target, body: Buffer.from(body) } as const;
    const headers: Record<string, string> = {
      accept: 'application/json',
      [assertionHeader]: signAssertion({ keys, now }, signed, given.caller ?? nobody),
    };
    if (body !== '') headers['content-type'] = 'application/json';
    return pool.request({
      method,
      path: target,
      headers,
      body: body === '' ? null : body,
      headersTimeout: waitMs,
      bodyTimeout: waitMs,
    });
  }

  async function call<E extends Endpoint>(endpoint: E, given: Call): Promise<Reply<E>> {
    const target = createFillTarget(endpoint.path)(given.params ?? {}, noQuery);
    let status: number;
    let text: string;
    try {
      const answer = await send(endpoint.method, target, given, timeoutMs);
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      throw failureProblem(error);
    }
    if (status !== endpoint.status) throw refusalOf(status, text);
    try {
      return endpoint.reply?.parse(JSON.parse(text)) as Reply<E>;
    } catch (cause) {
      throw new Problem('bad-gateway', { cause });
    }
  }

  return { call, send };
}

export function createCoreClient(options: CoreClientOptions): CoreClient {
  const pool = new Pool(options.url, { connections, connect: { timeout: 1_000 } });
  const { call, send } = createCaller(options, pool);
  return {
    listRooms: async () => (await call(listRooms, {})).items,
    async getRoomSetting(concertId) {
      try {
        return await call(getRoomSetting, { params: { concertId } });
      } catch (error) {
        if (error instanceof Problem && error.code === 'not-found') return undefined;
        throw error;
      }
    },
    changeRoom: (concertId, body, caller) =>
      call(changeRoom, { params: { concertId }, body, caller }),
    sealDraw: (concertId, body) => call(sealDraw, { params: { concertId }, body }),
    redeemBypass: async (concertId, body) =>
      (await call(redeemBypassCode, { params: { concertId }, body })).accepted,
    saveMinutes: async (concertId, items) => {
      await call(saveMinutes, { params: { concertId }, body: { items } });
    },
    getMinutes: (concertId) => call(getMinutes, { params: { concertId } }),
    findAccount: (userName) => call(findAccount, { params: { userName } }),
    getInventory: (concertId) => call(getInventory, { params: { concertId } }),
    getLoad: () => call(getLoad, {}),
    async ready() {
      try {
        const answer = await send('GET', readyTarget, {}, readyTimeoutMs);
        await answer.body.dump();
        return answer.statusCode === 200;
      } catch {
        return false;
      }
    },
    close: () => pool.destroy(),
  };
}
