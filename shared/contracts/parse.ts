import type { z } from 'zod';
import { type FieldError, Problem } from '../problems.ts';
import type { Endpoint, Input } from './endpoint.ts';

/** The request as the framework hands it over: text, except for the parsed JSON body. */
export interface RawInput {
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
}

const maxErrors = 20;

function faults(part: string, error: z.ZodError): FieldError[] {
  return error.issues.slice(0, maxErrors).map((issue) => ({
    path: [part, ...issue.path].join('.'),
    message: issue.message,
  }));
}

/** A query key given twice is a mistake, never "the last one wins". */
function queryObject(query: URLSearchParams): Record<string, string> | FieldError[] {
  const seen = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [key, value] of query) {
    if (seen.has(key)) repeated.add(key);
    seen.set(key, value);
  }
  if (repeated.size === 0) return Object.fromEntries(seen);
  return [...repeated].map((key) => ({ path: `query.${key}`, message: 'is given twice' }));
}

/**
 * The path alone, for a door that wants to refuse a path that cannot exist before it asks for
 * credentials.
 * @throws Problem `invalid-request` with `errors`.
 */
export function parseParams<E extends Endpoint>(
  endpoint: E,
  params: Record<string, string>,
): Input<E>['params'] {
  if (!endpoint.params) return undefined as Input<E>['params'];
  const result = endpoint.params.safeParse(params);
  if (!result.success)
    throw new Problem('invalid-request', { errors: faults('path', result.error) });
  return result.data as Input<E>['params'];
}

/** The query by its schema, or `undefined` with its faults added to `errors`. */
function readQuery(endpoint: Endpoint, raw: URLSearchParams, errors: FieldError[]): unknown {
  const query = queryObject(raw);
  if (Array.isArray(query)) errors.push(...query);
  else if (endpoint.query) {
    const result = endpoint.query.safeParse(query);
    if (result.success) return result.data;
    errors.push(...faults('query', result.error));
  } else {
    for (const key of Object.keys(query))
      errors.push({ path: `query.${key}`, message: 'is not known' });
  }
  return undefined;
}

/**
 * The query alone, for a door that passes a call on and leaves its body to whom it is for.
 * @throws Problem `invalid-request` with `errors`.
 */
export function checkQuery(endpoint: Endpoint, query: URLSearchParams): void {
  if (query.size === 0 && !endpoint.query) return;
  const errors: FieldError[] = [];
  readQuery(endpoint, query, errors);
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
}

/**
 * Every part of a request by its schema, all faults reported at once.
 * An endpoint without a query schema takes no query, one without a body schema ignores a body.
 * @throws Problem `invalid-request` with `errors`.
 */
export function parseInput<E extends Endpoint>(endpoint: E, raw: RawInput): Input<E> {
  const errors: FieldError[] = [];
  const parse = (part: string, schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    errors.push(...faults(part, result.error));
    return undefined;
  };

  const params = parse('path', endpoint.params, raw.params);
  const query = readQuery(endpoint, raw.query, errors);
  const body = parse('body', endpoint.body, raw.body);

  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  return { params, query, body } as Input<E>;
}
