import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { loadCoreConfig } from '../../core-api/config.ts';
import { startCore } from '../../core-api/server.ts';
import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import { startGateway } from '../../queue-gateway/server.ts';
import { type Account, makeAccounts } from '../../scripts/accounts.ts';
import { audit } from '../../scripts/audit.ts';
import { type ApiClient, createApiClient, expectStatus } from '../../scripts/client/api-client.ts';
import { addDate, makeConcert } from '../../scripts/client/make-concert.ts';
import { createFan, type Fan, registerFan } from '../../scripts/client/fan.ts';
import { prepareKeys } from '../../scripts/stack/key-files.ts';
import type { PolicyFields } from '../../shared/contracts/queue.ts';
import { freshNamespace } from './fresh-namespace.ts';
import { freshSchema } from './fresh-schema.ts';
import { patience } from './patience.ts';

export interface StackOptions {
  /** `off` runs every call with the database alone. */
  locks?: 'on' | 'off';
  /** On top of the harness's own environment, for both services. */
  env?: Record<string, string>;
  /** Puts something between the services and the stores; the harness itself goes straight. */
  stores?: (urls: StoreUrls) => Promise<StoreUrls>;
}

export interface StoreUrls {
  databaseUrl: string;
  redisUrl: string;
}

export interface TestConcert {
  concertId: string;
  scheduleId: string;
  /** In the order of the seat numbers 1, 2, 3, … */
  seatIds: string[];
}

export interface ConcertWish {
  seats: number;
  price: number;
  seatsPerUser?: number;
  policy?: Partial<PolicyFields>;
}

/** Both services in this process, on their own ports, schema and namespace. */
export interface Stack {
  gatewayUrl: string;
  coreUrl: string;
  databaseUrl: string;
  databasePoolMax: number;
  /** Its `keys` are those of both services, as for `npm start`. */
  dataDir: string;
  /** Private JWK Set of the core, for whoever makes accounts in bulk. */
  accessTokenKeys: string;
  api: ApiClient;
  admin: Fan;
  /** A fan who registered and logged in by the API. */
  fan(): Promise<Fan>;
  /** Fans made in bulk, past the password hashing. */
  fans(count: number, options?: { points?: number }): Promise<Fan[]>;
  /** Fans who hold an active token of the concert. */
  fansInside(concertId: string, count: number, options?: { points?: number }): Promise<Fan[]>;
  createConcert(wish: ConcertWish): Promise<TestConcert>;
  addSchedule(
    concertId: string,
    wish: { seats: number; price: number; hoursAhead?: number },
  ): Promise<Omit<TestConcert, 'concertId'>>;
  sql<Row>(sql: string, params: (string | number)[]): Promise<Row[]>;
  /** What the audit finds wrong in the database. */
  violations(): Promise<unknown[]>;
  close(): Promise<void>;
}

/** Both services over a schema and a namespace, and what ends all of it. */
async function startServices(options: StackOptions) {
  const schema = await freshSchema();
  const namespace = freshNamespace();
  const straight = { databaseUrl: schema.databaseUrl, redisUrl: namespace.redisUrl };
  const urls = (await options.stores?.(straight)) ?? straight;
  const dataDir = mkdtempSync(join(tmpdir(), 'stack-'));
  const keys = prepareKeys(join(dataDir, 'keys'), {});
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    RATE_LIMITS: 'off',
    DATABASE_URL: urls.databaseUrl,
    REDIS_URL: urls.redisUrl,
    REDIS_NAMESPACE: namespace.namespace,
    GATEWAY_PORT: '0',
    CORE_PORT: '0',
    ...keys,
    ...patience,
    ...options.env,
  };
  const coreConfig = loadCoreConfig(env);
  // Each service needs the other's address, and both ports are the system's choice: the core
  // starts first and learns the gateway's address when it first has something to tell.
  let gatewayUrl = '';
  const core = await startCore(coreConfig, {
    locks: options.locks ?? 'on',
    gatewayUrl: () => gatewayUrl,
  });
  const gateway = await startGateway(loadGatewayConfig({ ...env, CORE_URL: core.url }));
  gatewayUrl = gateway.url;
  return {
    gatewayUrl,
    coreUrl: core.url,
    databaseUrl: schema.databaseUrl,
    databasePoolMax: coreConfig.databasePoolMax,
    dataDir,
    accessTokenKeys: String(keys['ACCESS_TOKEN_KEYS']),
    close: async () => {
      await gateway.close();
      await core.close();
      await namespace.clear();
      await schema.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { accessTokenKeys, close, ...services } = await startServices(options);
  const { gatewayUrl, databaseUrl } = services;
  const api = createApiClient({ gatewayUrl, connections: 256 });
  const accounts = async (count: number, extra: { points?: number; role?: 'ADMIN' } = {}) => {
    const made: Account[] = await makeAccounts({ databaseUrl, accessTokenKeys, count, ...extra });
    return made.map((account) => createFan(api, account));
  };
  const [admin] = await accounts(1, { role: 'ADMIN' });
  if (!admin) throw new Error('no admin account');
  const connection = await createConnection({ uri: databaseUrl, timezone: 'Z' });
  const sql = async <Row>(text: string, params: (string | number)[]) =>
    (await connection.query(text, params))[0] as Row[];

  return {
    ...services,
    accessTokenKeys,
    api,
    admin,
    sql,
    ...createOwner(admin, sql),
    fan: () =>
      registerFan(api, {
        userName: `fan-${randomBytes(6).toString('hex')}`,
        password: randomBytes(12).toString('hex'),
      }),
    fans: accounts,
    fansInside: async (concertId, count, extra) => {
      const fans = await accounts(count, extra);
      await Promise.all(fans.map((fan) => fan.enter(concertId, 20_000)));
      return fans;
    },
    violations: () => audit(databaseUrl),
    close: async () => {
      await api.close();
      await connection.end();
      await close();
    },
  };
}

/** What the owner of a concert does, by the admin calls. */
function createOwner(admin: Fan, sql: Stack['sql']): Pick<Stack, 'createConcert' | 'addSchedule'> {
  const seatIdsOf = async (scheduleId: string): Promise<string[]> => {
    const rows = await sql<{ seat_id: number }>(
      'SELECT seat_id FROM concert_seat WHERE concert_schedule_id = ? ORDER BY seat_num',
      [scheduleId],
    );
    return rows.map((row) => String(row.seat_id));
  };
  return {
    addSchedule: async (concertId, wish) => {
      const scheduleId = await addDate(admin, concertId, wish);
      return { scheduleId, seatIds: await seatIdsOf(scheduleId) };
    },
    createConcert: async ({ policy, ...wish }) => {
      const concertName = `Concert ${randomBytes(4).toString('hex')}`;
      const made = await makeConcert(admin, { concertName, ...wish });
      if (policy) {
        const at = `/admin/queue/${made.concertId}`;
        expectStatus(await admin.call('PUT', at, { body: policy }), 200);
      }
      return { ...made, seatIds: await seatIdsOf(made.scheduleId) };
    },
  };
}
