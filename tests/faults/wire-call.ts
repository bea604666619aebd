import { type Dispatcher, request } from 'undici';

/** What came back, and what it proves. */
export interface Outcome {
  result: 'ok' | 'fail' | 'unknown';
  /** 0: nothing came. */
  status: number;
  /** Of a JSON answer. */
  body: Record<string, unknown>;
  text: string;
}

export interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  accessToken?: string | undefined;
  queueToken?: string | undefined;
  key?: string | undefined;
  body?: unknown;
}

const timeoutMs = 4_000;

/** 429 and 409 `in use` are asked again, so they are no refusal of what was asked. */
const isLater = (status: number, code: unknown): boolean =>
  status === 429 || code === 'idempotency-key-in-use';

export async function callOver(dispatcher: Dispatcher, call: Call): Promise<Outcome> {
  const { method, url, accessToken, queueToken, key, body } = call;
  try {
    const answer = await request(url, {
      method,
      dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        ...(queueToken === undefined ? {} : { 'x-queue-token': queueToken }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const parsed = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
    const status = answer.statusCode;
    const isSure = status < 500 && !isLater(status, parsed['code']);
    const result = !isSure ? 'unknown' : status < 300 ? 'ok' : 'fail';
    return { result, status, body: parsed, text };
  } catch {
    return { result: 'unknown', status: 0, body: {}, text: '' };
  }
}
