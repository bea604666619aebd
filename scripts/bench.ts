/**
 * `npm run bench [-- <name>…] [--short] [--write]`: those named, at their full length; all of them,
 * as long as the plan says, when none is. `--write` puts the tables into docs/benchmarks.md (docs/profiles.md),
 * and of all of them what is planned with into docs/capacity.md. `--against <git-ref>
 * [--rounds 7]` runs each of them on that commit and on this tree in turn and says what changed.
 */
import { join } from 'node:path';
import { compareWith } from './bench/against.ts';
import { type BenchPlan, benches, onlyByName } from './bench/plan.ts';
import { writeCapacity } from './bench/capacity-plan.ts';
import { describeRun, sectionOf, writeReport } from './bench/report.ts';
import { runBench } from './bench/run-bench.ts';
import { buildTree } from './stack/build-tree.ts';
import { isMain } from './is-main.ts';
import { numberOption } from './options.ts';
import { watchStopSignals } from './stack/stop-signals.ts';

const rootDir = join(import.meta.dirname, '..');

/** They are followed by a word of their own. */
const valued = ['--minutes', '--against', '--rounds'];

export interface BenchRequest {
  plans: readonly BenchPlan[];
  /** For each bench. */
  options: string[];
  /** None was named: each as the plan says. */
  isAll: boolean;
  writes: boolean;
  against: string | undefined;
  rounds: number;
}

/** @throws Error naming what is no bench and no option. */
export function readBenchRequest(args: readonly string[]): BenchRequest {
  const valueOf = (flag: string): string | undefined =>
    args.includes(flag) ? (args[args.indexOf(flag) + 1] ?? '') : undefined;
  const words = args.filter((_, at) => !valued.includes(args[at - 1] ?? ''));
  const all = [...benches, ...onlyByName];
  const known = [...all.map(({ name }) => name), ...valued, '--short', '--write'];
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new Error(`No such bench: ${unknown.join(', ')}. There are: ${names}`);
  }
  const named = all.filter(({ name }) => words.includes(name));
  const minutes = valueOf('--minutes');
  const against = valueOf('--against');
  if (against === '') throw new Error('--against takes a commit, a branch or a tag');
  const writes = words.includes('--write');
  // The figures in one document are those of one run.
  if (writes && named.some(({ document }) => document === undefined))
    throw new Error('--write puts down a run of all benches: leave their names out');
  const isShort = words.includes('--short') || against !== undefined;
  return {
    isAll: named.length === 0,
    plans: named.length === 0 ? benches : named,
    options: [...(isShort ? ['--short'] : []), ...(minutes ? ['--minutes', minutes] : [])],
    writes,
    against,
    rounds: numberOption(args, '--rounds', { fallback: 7, min: 5, max: 50 }),
  };
}

/** How much longer than planned one of all may take before it is ended. */
const patience = 3;

/** In the run of all each has its time; one that was named takes what it takes. */
function lengthOf({ isFullInAll, budgetSeconds }: BenchPlan, { isAll, options }: BenchRequest) {
  if (!isAll) return { options };
  const isShort = !isFullInAll && !options.includes('--short');
  return {
    options: isShort ? [...options, '--short'] : options,
    secondsMax: budgetSeconds * patience,
  };
}

/** Goes on when one fails: the others are worth as much. @returns false when one did */
async function runAll(request: BenchRequest, signal: AbortSignal): Promise<boolean> {
  const startedAt = performance.now();
  const asked = process.argv.slice(2).join(' ');
  const parts = new Map<string, string[]>();
  let failed = 0;
  for (const plan of request.plans) {
    signal.throwIfAborted();
    console.log(`\n${sectionOf(plan, '')}`);
    const run = { plan, rootDir, ...lengthOf(plan, request), shows: true, signal };
    const { text, seconds } = await runBench(run).catch((error: Error) => {
      failed += 1;
      return { text: `**Failed**: ${error.message}.`, seconds: NaN };
    });
    const { document = 'docs/benchmarks.md' } = plan;
    parts.set(document, [...(parts.get(document) ?? []), sectionOf(plan, text)]);
    console.error(`\n${Math.round(seconds)} s of ${plan.budgetSeconds} s planned`);
  }
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  const head = await describeRun(rootDir, asked === '' ? '' : ` -- ${asked}`);
  console.log(`\n${head}, in ${minutes} minutes`);
  for (const [document, sections] of request.writes ? parts : []) {
    const report = [`${head}, in ${minutes} minutes`, ...sections].join('\n\n');
    writeReport(join(rootDir, document), report);
  }
  // What is planned with stands on the figures of one whole run.
  if (request.writes && request.isAll) writeCapacity(join(rootDir, 'docs'));
  return failed === 0;
}

async function main(): Promise<void> {
  const request = readBenchRequest(process.argv.slice(2));
  const signals = watchStopSignals({
    onImpatient: () => process.exit(130),
    endsWithParent: process.env['npm_lifecycle_event'] !== undefined,
  });
  const { signal } = signals;
  try {
    await buildTree(rootDir, signal);
    const { against, ...rest } = request;
    if (against !== undefined) {
      await compareWith({ ...rest, ref: against, rootDir, signal, log: console.error });
      return;
    }
    process.exitCode = (await runAll(request, signal)) ? 0 : 1;
  } finally {
    signals.dispose();
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
