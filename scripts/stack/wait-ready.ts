import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitReadyOptions {
  deadlineMs: number;
  signal?: AbortSignal;
}

const probeTimeoutMs = 2_000;

/** Waits until `url` answers 200; fails with the last answer at the deadline. */
export async function waitReady(url: string, options: WaitReadyOptions): Promise<void> {
  const deadline = performance.now() + options.deadlineMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await probe(url);
    if (answer === undefined) return;
    if (performance.now() > deadline) {
      throw new Error(`${url} did not become ready in ${options.deadlineMs} ms: ${answer}`);
    }
    await sleep(100);
  }
}

/** One of ours, on this machine: whoever signed its certificate. */
function ask(url: string): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.timeout(probeTimeoutMs);
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    get(url, { signal, rejectUnauthorized: false, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

async function probe(url: string): Promise<string | undefined> {
  try {
    const { status, text } = await ask(url);
    return status === 200 ? undefined : `${status} ${text.slice(0, 500)}`;
  } catch (error) {
    return error instanceof Error ? String(error.cause ?? error.message) : String(error);
  }
}
