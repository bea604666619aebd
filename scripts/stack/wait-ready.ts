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

async function probe(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) });
    const text = await response.text();
    return response.status === 200 ? undefined : `${response.status} ${text.slice(0, 500)}`;
  } catch (error) {
    return error instanceof Error ? String(error.cause ?? error.message) : String(error);
  }
}
