/**
 * Processes of a bench: each server in one of its own, so that nobody pays for another one's work.
 * A file that is started so calls `serveBench`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import { extname, join } from 'node:path';

export interface BenchProcess {
  name: string;
  port: number;
  /** CPU time used so far in µs. */
  cpuMicros(): Promise<number>;
  rssBytes(): Promise<number>;
  /** What the process says to this word. */
  ask(word: string): Promise<unknown>;
  /** Without a warning. */
  kill(): void;
  stop(): void;
}

interface Usage {
  cpu: NodeJS.CpuUsage;
  rss: number;
}

/** `BENCH_NODE_OPTIONS=--cpu-prof` profiles every server. */
const nodeOptions = (extension: string): string[] => [
  // Compiled when this file is: tsx costs a production process nothing, so nor should it here.
  ...(extension === '.ts' ? ['--import', 'tsx'] : []),
  ...(process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean),
];

/** @param file beside this one, without its extension. */
export async function startProcess(
  file: string,
  name: string,
  orders: object,
): Promise<BenchProcess> {
  const extension = extname(import.meta.filename);
  const child = fork(join(import.meta.dirname, `${file}${extension}`), {
    execArgv: nodeOptions(extension),
    // Callers that are cut off at the end of a run are no news.
    stdio: ['ignore', 'ignore', process.env['BENCH_DEBUG'] ? 'inherit' : 'ignore', 'ipc'],
  });
  child.once('exit', (code) => {
    if (code) child.emit('error', new Error(`${name} ended with ${code}; BENCH_DEBUG=1 says why`));
  });
  child.send(orders);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const ask = async (word: string): Promise<unknown> => {
    child.send(word);
    return (await once(child, 'message'))[0] as unknown;
  };
  const usage = () => ask('usage') as Promise<Usage>;
  return {
    name,
    port,
    async cpuMicros() {
      const { cpu } = await usage();
      return cpu.user + cpu.system;
    },
    rssBytes: async () => (await usage()).rss,
    ask,
    kill: () => void child.kill('SIGKILL'),
    stop: () => child.connected && child.disconnect(),
  };
}

/** `profile` begins a CPU profile of this process, `profiled` ends it and answers with it. */
function profiling(): Record<string, () => unknown> {
  const session = new Session();
  return {
    async profile() {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
      return 'begun';
    },
    async profiled() {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      return profile;
    },
  };
}

/**
 * In the process that was started: takes its orders, says its port, then answers for its usage, and
 * to the words of `answers`.
 */
export function serveBench<Orders>(
  start: (orders: Orders) => Promise<number>,
  answers: Readonly<Record<string, () => unknown>> = {},
): void {
  const usage = (): Usage => ({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() });
  const all = { ...profiling(), ...answers };
  process.once('message', (orders: Orders) => {
    void start(orders).then((port) => {
      process.on('message', (word: string) => {
        void Promise.resolve(all[word]?.() ?? usage()).then((answer) => process.send?.(answer));
      });
      process.send?.({ port });
    });
  });
  process.on('disconnect', () => process.exit(0));
}
