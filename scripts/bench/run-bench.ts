import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { BenchPlan } from './plan.ts';

export interface BenchRun {
  plan: BenchPlan;
  /** The tree it is a bench of; compiled unless the bench runs from its sources. */
  rootDir: string;
  options: readonly string[];
  /** Ended when it takes longer. */
  secondsMax?: number;
  /** Shows what it prints as it comes. */
  shows: boolean;
  signal?: AbortSignal;
}

export interface BenchText {
  text: string;
  seconds: number;
}

/** @throws Error when it failed or was ended for taking too long. */
export async function runBench({ plan, rootDir, ...run }: BenchRun): Promise<BenchText> {
  const { name, fromSources } = plan;
  const { secondsMax } = run;
  const file = fromSources
    ? ['--import', 'tsx', `scripts/bench/${name}.ts`]
    : [`dist/scripts/bench/${name}.js`];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...file, ...run.options], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): void => void child.kill();
  const timer = secondsMax === undefined ? undefined : setTimeout(end, secondsMax * 1_000);
  run.signal?.addEventListener('abort', end);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (run.shows) process.stdout.write(chunk);
  });
  try {
    const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null];
    const seconds = (performance.now() - startedAt) / 1_000;
    if (code === 0) return { text: text.trim(), seconds };
    const how =
      killedBy === null ? `ended with ${code}` : `was ended after ${Math.round(seconds)} s`;
    throw new Error(`The bench ${name} ${how}`);
  } finally {
    clearTimeout(timer);
    run.signal?.removeEventListener('abort', end);
  }
}
