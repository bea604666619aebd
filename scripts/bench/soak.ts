/**
 * Mixed traffic through the gateway and the core for `--minutes` (10 unless said), as long as fans
 * arrive: what both services take in memory and how many connections MySQL has, minute by minute;
 * then the audit. The stack is the one of `npm run load`. `npm run bench -- soak --minutes 10`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { isMain } from '../is-main.ts';
import { driveNative } from '../load/native/drive.ts';
import type { LoadStack } from '../load/load-stack.ts';
import { type LoadRun, runLoad } from '../load/run-load.ts';
import { readJsonIfThere } from '../stack/files.ts';
import { isProcessIdentity } from '../stack/process-identity.ts';
import { serviceDir } from '../stack/service-process.ts';
import { databaseCounters } from './database-counters.ts';
import { aimLine, lowerQuartile, round, table } from './figures.ts';

const services = ['gateway', 'core'] as const;
type Service = (typeof services)[number];

interface Mark extends Record<Service, number> {
  minutes: number;
  /** Threads_connected of MySQL. */
  connections: number;
}

const growthMaxPercent = 10;

function minutesOf(args: readonly string[]): number {
  const at = args.indexOf('--minutes');
  const minutes = at < 0 ? 10 : Number(args[at + 1]);
  if (minutes > 0 && minutes <= 1_440) return minutes;
  throw new Error('--minutes: a number up to 1440');
}

/** VmRSS of proc(5) in MB; the process is found by the file its stack keeps of it. */
function rssMbOf(dataDir: string, service: Service): number {
  const file = join(serviceDir(dataDir, service), 'process.json');
  const known = readJsonIfThere(file, isProcessIdentity);
  if (!known) throw new Error(`The ${service} does not run`);
  const status = readFileSync(`/proc/${known.pid}/status`, 'utf8');
  return round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024, 1);
}

/** Drives the fans and looks at the system at every mark until the last of them has left. */
async function driveAndWatch(
  run: LoadRun,
  { dataDir, databaseUrl }: LoadStack,
  markMs: number,
): Promise<Mark[]> {
  const connection = await createConnection({ uri: databaseUrl });
  const startedAt = performance.now();
  const marks: Mark[] = [];
  const look = async (): Promise<void> => {
    const counters = await databaseCounters(connection);
    marks.push({
      minutes: round((performance.now() - startedAt) / 60_000, 1),
      gateway: rssMbOf(dataDir, 'gateway'),
      core: rssMbOf(dataDir, 'core'),
      connections: counters.get('threads_connected') ?? 0,
    });
  };
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      await look();
      await delay(markMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  await driveNative(run).finally(() => ended.abort());
  await watching;
  await look();
  await connection.end();
  return marks;
}

/** The last third beside the second: in the first one caches, pools and the heap still grow. */
function report(marks: readonly Mark[]): string {
  const third = Math.ceil(marks.length / 3);
  const [middle, last] = [marks.slice(third, -third), marks.slice(-third)];
  const grownPercent = (service: Service): number => {
    const low = (part: readonly Mark[]) => lowerQuartile(part.map((mark) => mark[service]));
    return round((100 * low(last)) / low(middle) - 100, 1);
  };
  const head = ['minute', 'gateway, MB', 'core, MB', 'connections of MySQL'];
  return [
    table(
      head,
      marks.map(({ minutes, gateway, core, connections }) => [minutes, gateway, core, connections]),
    ),
    '',
    ...services.map((service) =>
      aimLine({
        what: `memory of the ${service}, last third of the marks beside the second`,
        measured: grownPercent(service),
        unit: '% more',
        atMost: growthMaxPercent,
      }),
    ),
    aimLine({
      what: 'most connections of MySQL, beside the pool of the core and the one that counts',
      measured: Math.max(...marks.map(({ connections }) => connections)),
      unit: '',
      atMost: Number(process.env['DATABASE_POOL_MAX'] ?? 10) + 1,
    }),
  ].join('\n');
}

/** @returns false when a limit of the scenario or an invariant was broken. */
export async function benchSoak(minutes: number): Promise<boolean> {
  process.env['SECONDS'] = String(minutes * 60);
  const markMs = Math.min(60_000, minutes * 10_000);
  return runLoad('soak', async (run, stack) => {
    console.log(report(await driveAndWatch(run, stack, markMs)));
  });
}

if (isMain(import.meta.url)) {
  const held = await benchSoak(minutesOf(process.argv));
  console.log(held ? 'All limits held.' : '**A limit was broken.**');
}
