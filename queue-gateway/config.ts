import type { BlockList } from 'node:net';
import { z } from 'zod';
import { ConfigError, envVar, parseEnv } from '../shared/config.ts';
import { loadCertificate } from './http/certificate.ts';
import { toBlockList } from './http/client-address.ts';
import { keyFaults } from '../shared/key-rules.ts';
import {
  type KeySet,
  loadAccessPublicKeys,
  loadPrivateKeys,
  loadPublicKeys,
  loadSecretKeys,
} from '../shared/keys.ts';

export interface GatewayConfig {
  nodeEnv: 'development' | 'test' | 'production';
  logLevel: string;
  host: string;
  /** 0: any free one. */
  port: number;
  /** Origin of the core. */
  coreUrl: string;
  /** Sockets to the core. */
  coreConnections: number;
  /** Longest wait for the core in an ordinary call. */
  coreTimeoutMs: number;
  redisUrl: string;
  redisNamespace: string;
  /** Longest wait for an answer of Redis. */
  redisTimeoutMs: number;
  accessTokenPublicKeys: KeySet;
  waitingTokenKeys: KeySet;
  activeTokenKeys: KeySet;
  assertionKeys: KeySet;
  receiptKeys: KeySet;
  ticketPublicKeys: KeySet;
  /** Whoever shows it may read the metrics; without one nobody may. */
  metricsToken: string | undefined;
  rateLimits: boolean;
  /** Proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: BlockList;
  /** Origins whose pages may read our answers. */
  corsOrigins: readonly string[];
  /** Connections from one address at most, unless it is a trusted proxy. */
  addressConnectionsMax: number;
  /** Processes that share the port. */
  webConcurrency: number;
  /** How long a stop waits for load balancers to look elsewhere. */
  drainSeconds: number;
  shutdownSeconds: number;
  /** With it, HTTPS with HTTP/2. */
  tls: { certFile: string; keyFile: string } | undefined;
  /** Of rooms that ask for a captcha; all three or none. */
  captcha: { verifyUrl: string; siteKey: string; secret: string } | undefined;
}

export interface Variable {
  name: string;
  /** As a person would write it; `required` where there is none. */
  default: string;
  what: string;
}

const turnstileUrl = 'https://challenges.cloudflare.com/turnstile/v0/siteverify';

/** Every variable of the gateway, for the README. */
export const gatewayVariables: readonly Variable[] = [
  { name: 'NODE_ENV', default: 'development', what: 'development, test or production' },
  { name: 'LOG_LEVEL', default: 'info', what: 'trace, debug, info, warn, error, fatal or silent' },
  { name: 'GATEWAY_HOST', default: '127.0.0.1', what: 'address the gateway listens on' },
  { name: 'GATEWAY_PORT', default: '8080', what: 'port of the gateway; 0 takes a free one' },
  { name: 'CORE_URL', default: 'http://127.0.0.1:CORE_PORT', what: 'where the core answers' },
  { name: 'CORE_PORT', default: '3000', what: 'port of the core, when CORE_URL is not set' },
  { name: 'CORE_CONNECTIONS', default: '128', what: 'sockets from one gateway to the core' },
  { name: 'CORE_TIMEOUT_SECONDS', default: '10', what: 'longest wait for an answer of the core' },
  {
    name: 'REDIS_URL',
    default: 'required',
    what: 'the Redis of the stack: redis://, redis-cluster:// or redis-sentinel:// (docs/redis.md)',
  },
  { name: 'REDIS_NAMESPACE', default: 'empty', what: 'put before every key' },
  {
    name: 'REDIS_TIMEOUT_MS',
    default: '250',
    what: 'a command of Redis not answered by then is given up, 100 to 2000',
  },
  {
    name: 'ACCESS_TOKEN_PUBLIC_KEYS',
    default: 'required',
    what: 'public RSA or P-256 JWK Set of the core’s access tokens, or its file',
  },
  { name: 'WAITING_TOKEN_KEYS', default: 'required', what: 'secret JWK Set, or its file' },
  { name: 'ACTIVE_TOKEN_KEYS', default: 'required', what: 'private P-256 JWK Set, or its file' },
  {
    name: 'RECEIPT_KEYS',
    default: 'required',
    what: 'private P-256 JWK Set that signs the receipts of joining, or its file',
  },
  { name: 'ASSERTION_KEYS', default: 'required', what: 'secret JWK Set, or its file' },
  {
    name: 'TICKET_PUBLIC_KEYS',
    default: 'required',
    what: 'public P-256 JWK Set of the core’s tickets, or its file; published for who checks them',
  },
  {
    name: 'METRICS_TOKEN',
    default: 'none',
    what: 'bearer token for GET /metrics, 16 characters or more; without one there is none',
  },
  { name: 'RATE_LIMITS', default: 'on', what: 'on or off; off is refused in production' },
  {
    name: 'TRUSTED_PROXIES',
    default: 'none',
    what: 'addresses and networks whose X-Forwarded-For is believed, separated by commas',
  },
  {
    name: 'CORS_ORIGINS',
    default: 'none',
    what: 'origins whose pages may call from a browser, separated by commas',
  },
  {
    name: 'ADDRESS_CONNECTIONS_MAX',
    default: '5000',
    what: 'connections from one address, unless it is a trusted proxy; with RATE_LIMITS on',
  },
  {
    name: 'CAPTCHA_SECRET',
    default: 'none',
    what: 'secret at the captcha provider; without it no room can ask for a captcha',
  },
  { name: 'CAPTCHA_SITE_KEY', default: 'none', what: 'public key for the widget of a page' },
  {
    name: 'CAPTCHA_VERIFY_URL',
    default: turnstileUrl,
    what: 'where answers are checked: a siteverify as Turnstile has it',
  },
  {
    name: 'TLS_CERT_FILE',
    default: 'none',
    what: 'certificate chain as PEM: HTTPS with HTTP/2 and 1.1; a renewed file is taken up by itself',
  },
  { name: 'TLS_KEY_FILE', default: 'none', what: 'private key of TLS_CERT_FILE as PEM' },
  { name: 'WEB_CONCURRENCY', default: '1', what: 'worker processes that share the port' },
  {
    name: 'DRAIN_SECONDS',
    default: '2',
    what: 'time from not ready to not listening when stopping, for load balancers to notice',
  },
  { name: 'SHUTDOWN_SECONDS', default: '10', what: 'time to finish requests when stopping' },
];

/** An origin and nothing more: a path or credentials there would be lost without a word. */
const origin = envVar
  .url('http', 'https')
  .refine((text) => new URL(text).href === `${new URL(text).origin}/`, 'must be an origin');

/** As a browser writes them (RFC 6454 §6.1): no slash at the end, no default port. */
const origins = envVar
  .urls('http', 'https')
  .refine((all) => all.every((text) => new URL(text).origin === text), 'must be origins');

const proxies = z.string().transform((text, context) => {
  try {
    return toBlockList(text.split(',').map((part) => part.trim()));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be addresses or networks' });
    return z.NEVER;
  }
});

const schema = z.object({
  NODE_ENV: envVar.nodeEnv().default('development'),
  LOG_LEVEL: envVar.logLevel().default('info'),
  GATEWAY_HOST: z.string().default('127.0.0.1'),
  GATEWAY_PORT: envVar.port().default(8_080),
  CORE_URL: origin.optional(),
  CORE_PORT: envVar.port().default(3_000),
  CORE_CONNECTIONS: envVar.count(1, 4_096, 128),
  CORE_TIMEOUT_SECONDS: envVar.count(1, 300, 10),
  REDIS_URL: envVar.redis(),
  REDIS_NAMESPACE: envVar.namespace(),
  REDIS_TIMEOUT_MS: envVar.count(100, 2_000, 250),
  ACCESS_TOKEN_PUBLIC_KEYS: envVar.keySet(loadAccessPublicKeys, 'RSA or P-256 public keys'),
  WAITING_TOKEN_KEYS: envVar.keySet(loadSecretKeys, 'secret keys of 256 bits or more'),
  ACTIVE_TOKEN_KEYS: envVar.keySet(loadPrivateKeys, 'P-256 private keys'),
  RECEIPT_KEYS: envVar.keySet(loadPrivateKeys, 'P-256 private keys'),
  ASSERTION_KEYS: envVar.keySet(loadSecretKeys, 'secret keys of 256 bits or more'),
  TICKET_PUBLIC_KEYS: envVar.keySet(loadPublicKeys, 'P-256 public keys'),
  METRICS_TOKEN: envVar.token().optional(),
  RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  TRUSTED_PROXIES: proxies.default(() => toBlockList([])),
  CORS_ORIGINS: origins.default([]),
  ADDRESS_CONNECTIONS_MAX: envVar.count(1, 1_000_000, 5_000),
  CAPTCHA_SECRET: z.string().min(8).optional(),
  CAPTCHA_SITE_KEY: z.string().max(200).optional(),
  CAPTCHA_VERIFY_URL: envVar.url('http', 'https').default(turnstileUrl),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  WEB_CONCURRENCY: envVar.count(1, 64, 1),
  DRAIN_SECONDS: envVar.count(0, 300, 2),
  SHUTDOWN_SECONDS: envVar.count(1, 300, 10),
});

/** What is fine on its own but not together with the rest; asked even when something else is wrong. */
const checked = schema.refine(
  ({ NODE_ENV, RATE_LIMITS }) => NODE_ENV !== 'production' || RATE_LIMITS !== 'off',
  { path: ['RATE_LIMITS'], message: 'must not be off in production', when: () => true },
);

/** @throws ConfigError for keys that are right one by one and wrong together. */
function requireGoodKeys(given: z.output<typeof schema>): void {
  const faults = keyFaults({
    ACCESS_TOKEN_PUBLIC_KEYS: given.ACCESS_TOKEN_PUBLIC_KEYS,
    WAITING_TOKEN_KEYS: given.WAITING_TOKEN_KEYS,
    ACTIVE_TOKEN_KEYS: given.ACTIVE_TOKEN_KEYS,
    RECEIPT_KEYS: given.RECEIPT_KEYS,
    ASSERTION_KEYS: given.ASSERTION_KEYS,
    TICKET_PUBLIC_KEYS: given.TICKET_PUBLIC_KEYS,
  });
  if (faults.length > 0)
    throw new ConfigError(faults.map(({ name, message }) => `${name}: ${message}`));
}

function tlsOf(given: z.output<typeof schema>): GatewayConfig['tls'] {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = given;
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined) throw new ConfigError(['TLS_CERT_FILE: is required with its key']);
  if (keyFile === undefined) throw new ConfigError(['TLS_KEY_FILE: is required with its file']);
  try {
    loadCertificate({ certFile, keyFile });
  } catch {
    throw new ConfigError(['TLS_CERT_FILE: must be a certificate as PEM, with its TLS_KEY_FILE']);
  }
  return { certFile, keyFile };
}

function captchaOf(given: z.output<typeof schema>): GatewayConfig['captcha'] {
  const { CAPTCHA_SECRET: secret, CAPTCHA_SITE_KEY: siteKey } = given;
  if (secret === undefined && siteKey === undefined) return undefined;
  if (secret === undefined) throw new ConfigError(['CAPTCHA_SECRET: is required with its key']);
  if (siteKey === undefined)
    throw new ConfigError(['CAPTCHA_SITE_KEY: is required with its secret']);
  return { verifyUrl: given.CAPTCHA_VERIFY_URL, siteKey, secret };
}

/**
 * The environment of the gateway as one frozen record.
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadGatewayConfig(
  env: Record<string, string | undefined>,
): Readonly<GatewayConfig> {
  const given = parseEnv(checked, env);
  requireGoodKeys(given);
  return Object.freeze({
    nodeEnv: given.NODE_ENV,
    logLevel: given.LOG_LEVEL,
    host: given.GATEWAY_HOST,
    port: given.GATEWAY_PORT,
    coreUrl: given.CORE_URL ?? `http://127.0.0.1:${given.CORE_PORT}`,
    coreConnections: given.CORE_CONNECTIONS,
    coreTimeoutMs: given.CORE_TIMEOUT_SECONDS * 1_000,
    redisUrl: given.REDIS_URL,
    redisNamespace: given.REDIS_NAMESPACE,
    redisTimeoutMs: given.REDIS_TIMEOUT_MS,
    accessTokenPublicKeys: given.ACCESS_TOKEN_PUBLIC_KEYS,
    waitingTokenKeys: given.WAITING_TOKEN_KEYS,
    activeTokenKeys: given.ACTIVE_TOKEN_KEYS,
    receiptKeys: given.RECEIPT_KEYS,
    assertionKeys: given.ASSERTION_KEYS,
    ticketPublicKeys: given.TICKET_PUBLIC_KEYS,
    metricsToken: given.METRICS_TOKEN,
    rateLimits: given.RATE_LIMITS === 'on',
    trustedProxies: given.TRUSTED_PROXIES,
    corsOrigins: given.CORS_ORIGINS,
    addressConnectionsMax: given.ADDRESS_CONNECTIONS_MAX,
    tls: tlsOf(given),
    captcha: captchaOf(given),
    webConcurrency: given.WEB_CONCURRENCY,
    drainSeconds: given.DRAIN_SECONDS,
    shutdownSeconds: given.SHUTDOWN_SECONDS,
  });
}
