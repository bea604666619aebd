import type { ProblemBody } from '../../../shared/problems.ts';

/** An answer of the API behind the page's door; a network that is gone is an answer too. */
export type ApiAnswer<Body> =
  | { ok: true; body: Body; headers: Headers }
  | { ok: false; problem: ProblemBody | undefined; retryAfterMs: number };

const lostRetryMs = 3_000;
const timeoutMs = 10_000;

/** @param path behind the door, e.g. `/c/1/api/points`. */
export async function ask<Body>(
  path: string,
  init: { method?: string; body?: unknown; key?: string; headers?: Record<string, string> } = {},
): Promise<ApiAnswer<Body>> {
  const { method = 'GET', body, key, headers = {} } = init;
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    if (response.ok) return { ok: true, body: parsed as Body, headers: response.headers };
    const retryAfterMs = Number(response.headers.get('retry-after') ?? 1) * 1_000;
    return { ok: false, problem: parsed as ProblemBody, retryAfterMs };
  } catch {
    return { ok: false, problem: undefined, retryAfterMs: lostRetryMs };
  }
}

/** How far the server's clock is ahead of ours, as far as a header of whole seconds tells. */
export const clockOffsetMs = (headers: Headers): number => {
  const there = Date.parse(headers.get('date') ?? '');
  const offset = there + 500 - Date.now();
  return Number.isFinite(offset) && Math.abs(offset) > 1_000 ? offset : 0;
};
