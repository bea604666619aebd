import type { Edge } from '../edge.ts';
import { rawRequest } from '../raw.ts';

/**
 * A request as bytes, because every client library would tidy it up, and the answer it gets.
 * Nothing of it may reach the core.
 */
export interface Row {
  name: string;
  bytes: string | Buffer | ((edge: Edge) => string | Buffer);
  status: number;
  code: string;
}

/** What a row is refused with: `[status, code]`. */
export type Refusal = readonly [status: number, code: string];

export const invalid: Refusal = [400, 'invalid-request'];

export const row = (name: string, bytes: Row['bytes'], [status, code]: Refusal = invalid): Row => ({
  name,
  bytes,
  status,
  code,
});

export const get = (target: string, headers: readonly string[] = []): string =>
  rawRequest(`GET ${target} HTTP/1.1`, headers);
