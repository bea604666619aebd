import { request } from 'undici';

/** One call over HTTP, with the answer read whole. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: { code?: string; [name: string]: unknown };
}

export interface CallOptions {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Record<string, string>;
  /** Sent as JSON unless it is text already. */
  body?: unknown;
}

export async function call(url: string, options: CallOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await request(url, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : text,
  });
  const received = await answer.body.text();
  let json: Answer['json'] = {};
  try {
    json = JSON.parse(received) as Answer['json'];
  } catch {
    // Not every answer is JSON; `text` has it.
  }
  return { status: answer.statusCode, headers: answer.headers, text: received, json };
}
