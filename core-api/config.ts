import { z } from 'zod';
import { ConfigError, envVar, parseEnv } from '../shared/config.ts';
import { keyFaults } from '../shared/key-rules.ts';
import { type KeySet, loadAccessKeys, loadPrivateKeys, loadSecretKeys } from '../shared/keys.ts';

export interface CoreConfig {
  nodeEnv: 'development' | 'test' | 'production';
  logLevel: string;
  host: string;
  /** 0: any free one. */
  port: number;
  databaseUrl: string;
  databaseReplicaUrls: readonly string[];
  databasePoolMax: number;
  redisUrl: string;
  redisNamespace: string;
  /** Longest wait for an answer of Redis. */
  redisTimeoutMs: number;
  lockRedisUrls: readonly string[];
  lockDownPolicy: 'db' | 'closed';
  holdSeconds: number;
  gatewayUrl: string;
  accessTokenKeys: KeySet;
  assertionKeys: KeySet;
  ticketKeys: KeySet;
  paymentProvider: 'sandbox' | 'webhook';
  /** Where the provider is told of charges; undefined: it is not told. */
  paymentProviderUrl: string | undefined;
  /** Shared with the provider; there where it calls back. */
  paymentWebhookKeys: KeySet | undefined;
  /** Where outside subscribers may be. */
  webhookAddresses: 'public' | 'any';
  pointChargeMax: number;
  pointBalanceMax: number;
  /** Processes that share the port. */
  webConcurrency: number;
  /** Whoever shows it may read the metrics; without one nobody may. */
  metricsToken: string | undefined;
  /** How long a stop waits for load balancers to look elsewhere. */
  drainSeconds: number;
  shutdownSeconds: number;
}

export interface Variable {
  name: string;
  /** As a person would write it; `required` where there is none. */
  default: string;
  what: string;
}

/** Every variable of the core, for the README. */
export const coreVariables: readonly Variable[] = [
  { name: 'NODE_ENV', default: 'development', what: 'development, test or production' },
  { name: 'LOG_LEVEL', default: 'info', what: 'trace, debug, info, warn, error, fatal or silent' },
  { name: 'CORE_HOST', default: '127.0.0.1', what: 'address the core listens on' },
  { name: 'CORE_PORT', default: '3000', what: 'port of the core; 0 takes a free one' },
  { name: 'DATABASE_URL', default: 'required', what: 'mysql://user:password@host:port/schema' },
  {
    name: 'DATABASE_REPLICA_URLS',
    default: 'none',
    what: 'read replicas, separated by commas; only for reads that may be a little old',
  },
  { name: 'DATABASE_POOL_MAX', default: '10', what: 'connections of one core process' },
  {
    name: 'REDIS_URL',
    default: 'redis://127.0.0.1:6379',
    what: 'the Redis of the stack: redis://, redis-cluster:// or redis-sentinel:// (docs/redis.md)',
  },
  { name: 'REDIS_NAMESPACE', default: 'empty', what: 'put before every key' },
  {
    name: 'REDIS_TIMEOUT_MS',
    default: '250',
    what: 'a command of Redis not answered by then is given up, 100 to 2000',
  },
  {
    name: 'LOCK_REDIS_URLS',
    default: 'REDIS_URL',
    what: '1, 3 or 5 independent lock masters; required when REDIS_URL is a cluster',
  },
  {
    name: 'LOCK_DOWN_POLICY',
    default: 'db',
    what: 'locks away: db lets the database arbitrate, closed answers 503',
  },
  { name: 'HOLD_SECONDS', default: '300', what: 'how long a hold keeps its seat' },
  {
    name: 'GATEWAY_URL',
    default: 'http://127.0.0.1:GATEWAY_PORT',
    what: 'where the core delivers its events',
  },
  {
    name: 'ACCESS_TOKEN_KEYS',
    default: 'required',
    what: 'private RSA or P-256 JWK Set that signs the access tokens, or its file',
  },
  { name: 'ASSERTION_KEYS', default: 'required', what: 'secret JWK Set, or its file' },
  { name: 'TICKET_KEYS', default: 'required', what: 'private P-256 JWK Set, or its file' },
  {
    name: 'PAYMENT_PROVIDER',
    default: 'sandbox',
    what: 'sandbox gives points for nothing and is refused in production; webhook: docs/payments.md',
  },
  { name: 'PAYMENT_PROVIDER_URL', default: 'none', what: 'where the provider is told of charges' },
  {
    name: 'PAYMENT_WEBHOOK_KEYS',
    default: 'none',
    what: 'secret JWK Set shared with the provider, or its file; required with webhook',
  },
  {
    name: 'WEBHOOK_ADDRESSES',
    default: 'public in production, else any',
    what: 'where events may be sent to: public takes https and addresses of the internet only',
  },
  { name: 'POINT_CHARGE_MAX', default: '1000000', what: 'points in one charge' },
  { name: 'POINT_BALANCE_MAX', default: '10000000', what: 'points on one account' },
  {
    name: 'METRICS_TOKEN',
    default: 'none',
    what: 'bearer token for GET /metrics, 16 characters or more; without one there is none',
  },
  { name: 'WEB_CONCURRENCY', default: '1', what: 'worker processes that share the port' },
  {
    name: 'DRAIN_SECONDS',
    default: '2',
    what: 'time from not ready to not listening when stopping, for load balancers to notice',
  },
  { name: 'SHUTDOWN_SECONDS', default: '10', what: 'time to finish requests when stopping' },
];

const serverOf = (url: string): string => {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '6379'}`;
};

const lockUrls = envVar
  .urls('redis', 'rediss')
  .refine((urls) => [1, 3, 5].includes(urls.length), 'must be 1, 3 or 5 URLs')
  // One server asked twice tells the second question that the lock is somebody else's.
  .refine((urls) => new Set(urls.map(serverOf)).size === urls.length, 'must be different servers');

const maxSqlInt = 2_147_483_647;
const schema = z.object({
  NODE_ENV: envVar.nodeEnv().default('development'),
  LOG_LEVEL: envVar.logLevel().default('info'),
  CORE_HOST: z.string().default('127.0.0.1'),
  CORE_PORT: envVar.port().default(3_000),
  DATABASE_URL: envVar.url('mysql'),
  DATABASE_REPLICA_URLS: envVar.urls('mysql').default([]),
  DATABASE_POOL_MAX: envVar.count(1, 1_000, 10),
  REDIS_URL: envVar.redis().default('redis://127.0.0.1:6379'),
  REDIS_NAMESPACE: envVar.namespace(),
  REDIS_TIMEOUT_MS: envVar.count(100, 2_000, 250),
  LOCK_REDIS_URLS: lockUrls.optional(),
  LOCK_DOWN_POLICY: z.enum(['db', 'closed']).default('db'),
  HOLD_SECONDS: envVar.count(1, 86_400, 300),
  GATEWAY_PORT: envVar.port().default(8_080),
  GATEWAY_URL: envVar.url('http', 'https').optional(),
  ACCESS_TOKEN_KEYS: envVar.keySet(loadAccessKeys, 'RSA or P-256 private keys'),
  ASSERTION_KEYS: envVar.keySet(loadSecretKeys, 'secret keys of 256 bits or more'),
  TICKET_KEYS: envVar.keySet(loadPrivateKeys, 'P-256 private keys'),
  PAYMENT_PROVIDER: z.enum(['sandbox', 'webhook']).default('sandbox'),
  PAYMENT_PROVIDER_URL: envVar.url('http', 'https').optional(),
  PAYMENT_WEBHOOK_KEYS: envVar.keySet(loadSecretKeys, 'secret keys of 256 bits or more').optional(),
  WEBHOOK_ADDRESSES: z.enum(['public', 'any']).optional(),
  POINT_CHARGE_MAX: envVar.count(1, maxSqlInt, 1_000_000),
  POINT_BALANCE_MAX: envVar.count(1, maxSqlInt, 10_000_000),
  METRICS_TOKEN: envVar.token().optional(),
  WEB_CONCURRENCY: envVar.count(1, 64, 1),
  DRAIN_SECONDS: envVar.count(0, 300, 2),
  SHUTDOWN_SECONDS: envVar.count(1, 300, 10),
});

/** Locks want independent masters, and keys of a call that lie together: a cluster is neither. */
const withLocks = schema.refine(
  ({ REDIS_URL, LOCK_REDIS_URLS }) => LOCK_REDIS_URLS || !/^rediss?-cluster:/.test(REDIS_URL),
  { path: ['LOCK_REDIS_URLS'], message: 'is required' },
);

/** Asked even when something else is wrong. */
const checked = withLocks
  .refine(
    ({ NODE_ENV, PAYMENT_PROVIDER }) => NODE_ENV !== 'production' || PAYMENT_PROVIDER === 'webhook',
    { path: ['PAYMENT_PROVIDER'], message: 'must be webhook in production', when: () => true },
  )
  .refine(
    ({ PAYMENT_PROVIDER, PAYMENT_WEBHOOK_KEYS }) =>
      PAYMENT_PROVIDER !== 'webhook' || PAYMENT_WEBHOOK_KEYS !== undefined,
    { path: ['PAYMENT_WEBHOOK_KEYS'], message: 'is required with webhook', when: () => true },
  );

/**
 * Whoever holds a key that serves two purposes can do both: a payment provider could sign for the
 * gateway.
 * @throws ConfigError for keys that are right one by one and wrong together.
 */
function requireGoodKeys(given: z.output<typeof schema>): void {
  const { ACCESS_TOKEN_KEYS, ASSERTION_KEYS, TICKET_KEYS, PAYMENT_WEBHOOK_KEYS } = given;
  const faults = keyFaults({
    ACCESS_TOKEN_KEYS,
    ASSERTION_KEYS,
    TICKET_KEYS,
    ...(PAYMENT_WEBHOOK_KEYS && { PAYMENT_WEBHOOK_KEYS }),
  });
  if (faults.length > 0)
    throw new ConfigError(faults.map(({ name, message }) => `${name}: ${message}`));
}

/**
 * The environment of the core as one frozen record.
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadCoreConfig(env: Record<string, string | undefined>): Readonly<CoreConfig> {
  const given = parseEnv(checked, env);
  requireGoodKeys(given);
  return Object.freeze({
    nodeEnv: given.NODE_ENV,
    logLevel: given.LOG_LEVEL,
    host: given.CORE_HOST,
    port: given.CORE_PORT,
    databaseUrl: given.DATABASE_URL,
    databaseReplicaUrls: given.DATABASE_REPLICA_URLS,
    databasePoolMax: given.DATABASE_POOL_MAX,
    redisUrl: given.REDIS_URL,
    redisNamespace: given.REDIS_NAMESPACE,
    redisTimeoutMs: given.REDIS_TIMEOUT_MS,
    lockRedisUrls: given.LOCK_REDIS_URLS ?? [given.REDIS_URL],
    lockDownPolicy: given.LOCK_DOWN_POLICY,
    holdSeconds: given.HOLD_SECONDS,
    gatewayUrl: given.GATEWAY_URL ?? `http://127.0.0.1:${given.GATEWAY_PORT}`,
    accessTokenKeys: given.ACCESS_TOKEN_KEYS,
    assertionKeys: given.ASSERTION_KEYS,
    ticketKeys: given.TICKET_KEYS,
    paymentProvider: given.PAYMENT_PROVIDER,
    paymentProviderUrl: given.PAYMENT_PROVIDER_URL,
    paymentWebhookKeys: given.PAYMENT_WEBHOOK_KEYS,
    webhookAddresses:
      given.WEBHOOK_ADDRESSES ?? (given.NODE_ENV === 'production' ? 'public' : 'any'),
    pointChargeMax: given.POINT_CHARGE_MAX,
    pointBalanceMax: given.POINT_BALANCE_MAX,
    webConcurrency: given.WEB_CONCURRENCY,
    metricsToken: given.METRICS_TOKEN,
    drainSeconds: given.DRAIN_SECONDS,
    shutdownSeconds: given.SHUTDOWN_SECONDS,
  });
}
