import { z } from 'zod';
import type { KeySet } from './keys.ts';
import { parseRedisUrl } from './redis/address.ts';

/** Thrown once with every fault of the environment, by name. */
export class ConfigError extends Error {
  constructor(faults: string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Parses the environment by a schema, once, frozen. An empty variable counts as not set.
 * @throws ConfigError naming every variable that is missing or wrong; values are not repeated.
 */
export function parseEnv<S extends z.ZodObject>(
  schema: S,
  env: Record<string, string | undefined>,
): Readonly<z.output<S>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, env[name] === '' ? undefined : env[name]]),
  );
  const result = schema.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  throw new ConfigError(
    result.error.issues.map(({ path: [name], message }) => {
      const isMissing = given[String(name)] === undefined;
      return `${String(name)}: ${isMissing ? 'is required' : message}`;
    }),
  );
}

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?[0-9]{1,12}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** The small schemas of environment variables. */
export const envVar = {
  integer,
  port: () => integer(0, 65_535),
  url: (...protocols: string[]) =>
    z.string().refine(
      (text) => {
        const url = URL.canParse(text) ? new URL(text) : undefined;
        return url !== undefined && protocols.includes(url.protocol.slice(0, -1));
      },
      `must be a URL of ${protocols.join(' or ')}`,
    ),
  /** One server, a cluster, or a primary that sentinels know: `parseRedisUrl`. */
  redis: () =>
    z.string().refine((text) => {
      try {
        return parseRedisUrl(text) !== undefined;
      } catch {
        return false;
      }
    }, 'must be a URL of redis, redis-cluster or redis-sentinel'),
  /** URLs separated by commas. */
  urls: (...protocols: string[]) =>
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .pipe(z.array(envVar.url(...protocols)).min(1)),
  /** A whole number that need not be given. */
  count: (min: number, max: number, fallback: number) => integer(min, max).default(fallback),
  /** Put before every key and channel of Redis. */
  namespace: () =>
    z
      .string()
      .regex(/^[A-Za-z0-9:_-]{0,64}$/, 'must be letters, digits, : _ or -')
      .default(''),
  /** Inline JSON or a path. The loader's message could quote a key, so it is not repeated. */
  keySet: (load: (source: string) => KeySet, what: string) =>
    z.string().transform((source, context) => {
      try {
        return load(source);
      } catch {
        context.addIssue({ code: 'custom', message: `must be a JWK Set of ${what}, or its file` });
        return z.NEVER;
      }
    }),
  /** A secret that is sent as a bearer token (RFC 6750 §2.1). */
  token: () =>
    z
      .string()
      .regex(/^[A-Za-z0-9._~+/-]{16,256}=*$/, 'must be 16 characters or more, without spaces'),
  logLevel: () => z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  nodeEnv: () => z.enum(['development', 'test', 'production']),
};
