import { type Fan, createFan } from '../../scripts/client/fan.ts';
import { type ApiClient, createApiClient } from '../../scripts/client/api-client.ts';
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import type { CoreClient } from '../../queue-gateway/core-client/core-client.ts';
import { openLine } from '../../queue-gateway/line.ts';
import { startGateway } from '../../queue-gateway/server.ts';
import type { RunningService } from '../../shared/service.ts';
import { nobody, signAssertion, assertionHeader } from '../../shared/assertion.ts';
import type { RecordMinute } from '../../shared/contracts/record.ts';
import type { CoreEvent, Inventory, RoomSetting } from '../../shared/contracts/internal.ts';
import {
  generatePrivateJwk,
  generateSecretJwk,
  loadPrivateKeys,
  loadSecretKeys,
} from '../../shared/keys.ts';
import type { Load } from '../../queue-gateway/rooms/pressure.ts';
import { Problem } from '../../shared/problems.ts';
import { signAccessToken } from '../gateway/forge.ts';
import { freshNamespace } from '../harness/fresh-namespace.ts';
import { drawSecret, openDraw, roomDefaults } from './driven-room.ts';
import { patience } from '../harness/patience.ts';

/** Gateways with a real line on one real Redis; the core is a few lines of memory. */
export interface Gateways {
  /** A client of the gateway at this place. */
  api(at?: number): ApiClient;
  gateways: RunningService[];
  core: FakeCore;
  namespace: string;
  fan(userId: string | number, at?: number): Fan;
  admin(at?: number): Fan;
  /** Events as the core delivers them. */
  deliver(events: CoreEvent[], at?: number): Promise<number>;
  close(): Promise<void>;
}

export interface FakeCore {
  settings: Map<string, RoomSetting>;
  inventories: Map<string, Inventory>;
  /** Minutes of the record, by room. */
  minutes: Map<string, Map<string, RecordMinute>>;
  /** Bypass codes, and whether one is good for an account. */
  codes: Map<string, (concertId: string, userId: string) => boolean>;
  /** Every call fails while true. */
  away: boolean;
  load: Load;
  /** Draws cannot be brought to their end while false. */
  sealing: boolean;
  addRoom(policy?: Partial<RoomSetting>): string;
}

const setOf = (key: unknown): string => JSON.stringify({ keys: [key] });
const controlOf = {
  open: 'OPEN',
  resume: 'OPEN',
  pause: 'PAUSED',
  drain: 'DRAINING',
  close: 'CLOSED',
} as const;

function createFakeCore(): FakeCore {
  const settings = new Map<string, RoomSetting>();
  const inventories = new Map<string, Inventory>();
  const core: FakeCore = {
    settings,
    inventories,
    minutes: new Map(),
    codes: new Map(),
    away: false,
    sealing: true,
    load: {
      requests: 0,
      p95Ms: 1,
      errorShare: 0,
      poolWaitMs: 0,
      lockWaitMs: 0,
      eventLoopDelayMs: 0,
    },
    addRoom(policy: Partial<RoomSetting> = {}) {
      const concertId = String(settings.size + 1);
      const draw = policy.order === 'draw' ? { draw: openDraw } : {};
      settings.set(concertId, { ...roomDefaults, ...draw, ...policy, concertId });
      return concertId;
    },
  };
  return core;
}

/** The core as a gateway calls it. */
function createFakeClient(core: FakeCore): CoreClient {
  const { settings, inventories } = core;
  const here = async <T>(answer: () => T): Promise<T> => {
    if (core.away) throw new Problem('unavailable');
    return answer();
  };
  return {
    listRooms: () => here(() => [...settings.values()]),
    getRoomSetting: (concertId) => here(() => settings.get(concertId)),
    changeRoom: (concertId, change) =>
      here(() => {
        const known = settings.get(concertId);
        if (!known) throw new Problem('not-found');
        if (change.version !== undefined && change.version !== known.version)
          throw new Problem('version-conflict');
        if (change.revoke) return known;
        const control = change.cord ? { control: controlOf[change.cord] } : {};
        const next = { ...known, ...change.policy, ...control, version: known.version + 1 };
        settings.set(concertId, next as RoomSetting);
        return next as RoomSetting;
      }),
    redeemBypass: (concertId, { userId, code }) =>
      here(() => core.codes.get(code)?.(concertId, userId) ?? false),
    findAccount: (userName) =>
      here(() => {
        const userId = /^fan-(\d+)$/.exec(userName)?.[1];
        if (userId === undefined) throw new Problem('not-found');
        return { userId };
      }),
    saveMinutes: (concertId, items) =>
      here(() => {
        const kept = core.minutes.get(concertId) ?? new Map<string, RecordMinute>();
        for (const one of items) kept.set(one.at, one);
        core.minutes.set(concertId, kept);
      }),
    getMinutes: (concertId) =>
      here(() => ({ items: [...(core.minutes.get(concertId)?.values() ?? [])], sold: [] })),
    getInventory: (concertId) =>
      here(
        () => inventories.get(concertId) ?? { concertId, total: 0, held: 0, sold: 0, sellable: 0 },
      ),
    sealDraw: (concertId, closed) =>
      here(() => {
        const known = settings.get(concertId);
        if (!known?.draw) throw new Problem('not-found');
        if (!core.sealing) throw new Problem('unavailable');
        if (known.draw.registered !== null) return known;
        const draw = { ...known.draw, ...closed, secret: drawSecret };
        const next = { ...known, draw, version: known.version + 1 };
        settings.set(concertId, next);
        return next;
      }),
    getLoad: () => here(() => core.load),
    ready: () => here(() => true),
    close: () => Promise.resolve(),
  };
}

interface GatewaysOptions {
  count?: number;
  /** For the gateway at the same place, instead of the Redis of the tests. */
  redisUrls?: (string | undefined)[];
  env?: Record<string, string>;
}

function makeKeys() {
  const jwks = {
    ACCESS_TOKEN_PUBLIC_KEYS: setOf(generatePrivateJwk()),
    ACTIVE_TOKEN_KEYS: setOf(generatePrivateJwk()),
    WAITING_TOKEN_KEYS: setOf(generateSecretJwk()),
    ASSERTION_KEYS: setOf(generateSecretJwk()),
    RECEIPT_KEYS: setOf(generatePrivateJwk()),
    TICKET_PUBLIC_KEYS: setOf(generatePrivateJwk()),
  };
  const { signing } = loadPrivateKeys(jwks.ACCESS_TOKEN_PUBLIC_KEYS);
  const assertionKeys = loadSecretKeys(jwks.ASSERTION_KEYS);
  return {
    jwks,
    account: (userId: string, role: 'USER' | 'ADMIN') => ({
      userId,
      userName: `fan-${userId}`,
      accessToken: signAccessToken({ ...signing, userId, role }),
    }),
    assert: (target: string, body: string) => {
      const bytes = Buffer.from(body);
      const call = { audience: 'queue-gateway', method: 'POST', target, body: bytes } as const;
      return signAssertion({ keys: assertionKeys, now: Date.now }, call, nobody);
    },
  };
}

/** Gateways on the same Redis, with the same core. */
async function startAll(
  { count = 1, redisUrls = [], redisUrl, env }: GatewaysOptions & { redisUrl: string },
  core: CoreClient,
): Promise<RunningService[]> {
  const configOf = (url: string) =>
    loadGatewayConfig({
      NODE_ENV: 'test',
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
      RATE_LIMITS: 'off',
      GATEWAY_PORT: '0',
      CORE_URL: 'http://127.0.0.1:1',
      REDIS_URL: url,
      SHUTDOWN_SECONDS: '2',
      ...patience,
      ...env,
    });
  const gateways: RunningService[] = [];
  for (let at = 0; at < count; at += 1) {
    const gateway = await startGateway(configOf(redisUrls[at] ?? redisUrl), {
      openLine: (deps) => openLine({ ...deps, core }),
    });
    gateways.push(gateway);
  }
  return gateways;
}

export async function startGateways(options: GatewaysOptions = {}): Promise<Gateways> {
  const { redisUrl, namespace, clear } = freshNamespace();
  const core = createFakeCore();
  const client = createFakeClient(core);
  const { jwks, account, assert } = makeKeys();
  const env = { REDIS_NAMESPACE: namespace, ...jwks, ...options.env };
  const gateways = await startAll({ ...options, redisUrl, env }, client);
  const clients = gateways.map(({ url }) => createApiClient({ gatewayUrl: url }));
  const api = (at = 0): ApiClient => clients[at % clients.length] as ApiClient;
  return {
    api,
    gateways,
    core,
    namespace,
    fan: (userId, at = 0) => createFan(api(at), account(String(userId), 'USER')),
    admin: (at = 0) => createFan(api(at), account('999999', 'ADMIN')),
    async deliver(events, at = 0) {
      const target = '/internal/events';
      const headers = { [assertionHeader]: assert(target, JSON.stringify({ events })) };
      return (await api(at).call('POST', target, { body: { events }, headers })).status;
    },
    async close() {
      await Promise.all(clients.map((one) => one.close()));
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await clear();
    },
  };
}
