import { z } from 'zod';
import type { ProblemCode } from '../problems.ts';

/**
 * Who may call:
 * - `open`: anybody.
 * - `user`: an access token (`Authorization: Bearer`).
 * - `admin`: an access token whose role is ADMIN.
 * - `queue`: any live queue token of this room (`X-Queue-Token`).
 * - `active`: an active queue token of this room.
 * - `active+user`: both, of the same account.
 * - `service`: a signed assertion of the peer service; never reachable from outside.
 */
export type Guard = 'open' | 'user' | 'admin' | 'queue' | 'active' | 'active+user' | 'service';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call of the HTTP surface as data: bound by both services, printed as OpenAPI. */
export interface Endpoint {
  /** operationId, unique. */
  readonly name: string;
  readonly method: Method;
  /** Template with `{param}` segments, e.g. `/concerts/{concertId}`. */
  readonly path: string;
  readonly summary: string;
  /** The service that answers; the gateway forwards what is the core's. */
  readonly owner: 'core' | 'gateway';
  readonly guard: Guard;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON unless said; a CSV body arrives as text. */
  readonly bodyType?: 'text/csv';
  /** Largest body in bytes; `bodyLimitBytes` when not said. */
  readonly bodyLimitBytes?: number;
  /** Goes through the gateway without being kept there: for bodies of many megabytes. */
  readonly streamed?: boolean;
  /** Success status, and the body schema (absent for 204). */
  readonly status: 200 | 201 | 202 | 204;
  /** A second success status: "was there already", or "begun, and not done yet". */
  readonly alsoStatus?: 200 | 202;
  readonly reply?: z.ZodType;
  readonly mediaType?: string;
  /** A second form of the same answer, for who asks for it by `Accept`. */
  readonly alsoMediaType?: 'image/svg+xml';
  /** Answers with an `ETag`, and 304 to an `If-None-Match` that names it (RFC 9110 §13.1.2). */
  readonly conditional?: boolean;
  /** Honours `Idempotency-Key`: it moves seats or points. */
  readonly idempotent?: boolean;
  /** Codes beyond those every call of this guard can answer. */
  readonly problems?: readonly ProblemCode[];
}

/** Whether a call may come without the body it takes. */
export const isBodyOptional = ({ body }: Endpoint): boolean => body instanceof z.ZodOptional;

export const defineEndpoint = <const E extends Endpoint>(endpoint: E): E => endpoint;

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

/** What a handler gets: every part parsed by its schema. */
export interface Input<E extends Endpoint> {
  params: Parsed<E['params']>;
  query: Parsed<E['query']>;
  body: Parsed<E['body']>;
}

/** What a handler must return. */
export type Reply<E extends Endpoint> = E['reply'] extends z.ZodType
  ? z.output<E['reply']>
  : undefined;

export const bodyLimitBytes = 64 * 1024;
/** Seats in bulk: 50,000 of them as JSON. */
export const bulkBodyLimitBytes = 8 * 1024 * 1024;

// --- the small schemas every contract is made of ---

/** A database key: a positive BIGINT below 2^53, as a decimal string without leading zeros. */
export const id = z
  .string()
  .regex(/^[1-9][0-9]{0,15}$/, { error: 'must be an id', abort: true })
  .refine((text) => Number(text) <= Number.MAX_SAFE_INTEGER, 'must be an id')
  .meta({ description: 'Id', example: '1' });

/** A moment, ISO 8601 in UTC. */
export const moment = z.iso.datetime().meta({ description: 'Moment, ISO 8601 UTC' });

/** Points and prices: whole won. */
export const points = z.int().nonnegative();

/** Text a person wrote: no control characters, no lone surrogates, trimmed ends. */
export const line = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be plain text');

/** A whole number in a query string, which arrives as text. */
export const queryInt = (options: { min: number; max: number }) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,8})$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(options.min).max(options.max))
    .meta({ type: 'integer', minimum: options.min, maximum: options.max });

export const queryFlag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean' });

/** Cursor paging: `cursor` is the `nextCursor` of the page before. */
export const pageQuery = z.strictObject({
  limit: queryInt({ min: 1, max: 100 }).default(20),
  cursor: id.optional(),
});

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
