/**
 * Which pages of other origins may read our answers in a browser (Fetch standard, §3.3). Tokens
 * travel in headers that a page sets itself, so credentials of the browser are never allowed.
 */
export interface CorsRequest {
  method: string | undefined;
  origin: string | undefined;
  /** `Access-Control-Request-Method` of a preflight. */
  requestedMethod: string | undefined;
}

export interface CorsAnswer {
  headers: readonly (readonly [string, string])[];
  /** The request was a question of the browser, and this is the whole answer: 204. */
  isPreflight: boolean;
}

const exposed = [
  'etag',
  'idempotency-replayed',
  'location',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'x-request-id',
].join(', ');

const preflightHeaders: CorsAnswer['headers'] = [
  ['access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE'],
  [
    'access-control-allow-headers',
    'authorization, content-type, idempotency-key, if-none-match, x-queue-token, x-request-id',
  ],
  ['access-control-max-age', '600'],
];

/** The answer differs by origin, so a cache must keep them apart, also when none was sent. */
const varies = ['vary', 'origin'] as const;

export type Cors = (request: CorsRequest) => CorsAnswer;

/** @param origins exact origins; none: no header is ever sent. */
export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  const silent: CorsAnswer = { headers: allowed.size > 0 ? [varies] : [], isPreflight: false };
  return function cors({ method, origin, requestedMethod }) {
    if (origin === undefined || !allowed.has(origin)) return silent;
    const isPreflight = method === 'OPTIONS' && requestedMethod !== undefined;
    const own = ['access-control-allow-origin', origin] as const;
    return {
      isPreflight,
      headers: isPreflight
        ? [varies, own, ...preflightHeaders]
        : [varies, own, ['access-control-expose-headers', exposed]],
    };
  };
}
