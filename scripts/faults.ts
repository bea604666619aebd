/**
 * `npm run faults [-- --minutes 10 --fans 48 --seed N]`: load and faults by chance on two of
 * everything, then every checker. Ends with 1, and keeps the history, when a promise is broken.
 * `--only words`: of the faults those whose name has the words.
 * `npm run faults -- --engine cluster|sentinel|locks|disks`: the same on a Redis Cluster, behind
 * sentinels, with locks on three masters, or on disks that fill up, and what breaks there.
 * `npm run faults -- --mutants [words]`: the system with one guard taken out at a time, then as it
 * is under the same loads; ends with 1 when a checker does not see one, or sees what is not there.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../tests/faults/engines/engine.ts';
import { engines } from '../tests/faults/engines/index.ts';
import { plainFaults } from '../tests/faults/faults.ts';
import { allFaults, findClockTurner } from '../tests/faults/harder-faults.ts';
import { huntAll } from '../tests/faults/mutants/hunt-all.ts';
import { openRig } from '../tests/faults/rig.ts';
import type { InjectedFault } from '../tests/faults/inject.ts';
import { type Rounds, runRounds } from '../tests/faults/rounds.ts';
import type { FaultReport } from '../tests/faults/run.ts';
import { isMain } from './is-main.ts';
import { quantile } from '../shared/quantile.ts';
import { seededRandom } from '../shared/seeded-random.ts';
import { decimalOption, numberOption, textOption } from './options.ts';
import { installOnDebian } from './stack/debian.ts';
import { searchDirs } from './stack/find-binary.ts';
import { dataDirOf } from './stack/find-stack.ts';

const ascending = (values: (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined).sort((x, y) => x - y);

/** A line a kind of fault: how often, and how long sales took to come back. */
function recoveryLines(injected: readonly InjectedFault[]): string[] {
  const names = [...new Set(injected.map(({ name }) => name))].sort();
  return names.map((name) => {
    const all = injected.filter((fault) => fault.name === name);
    const first = ascending(all.map(({ firstAfterMs }) => firstAfterMs));
    const back = ascending(all.map(({ backAfterMs }) => backAfterMs));
    const line = ascending(all.map(({ lineAfterMs }) => lineAfterMs));
    const at = (sorted: number[]): string =>
      `${quantile(sorted, 0.5)} / ${sorted.at(-1) ?? '-'} ms`.padStart(16);
    return `  ${name.padEnd(46)} ${String(all.length).padStart(4)} ${at(first)} ${at(back)} ${at(line)}`;
  });
}

function print(total: Rounds): void {
  const { operations, injected, kills, findings, unresolved, keys, rounds } = total;
  const { ok, fail, unknown } = operations;
  const all = ok + fail + unknown;
  const back = ascending(injected.map(({ backAfterMs }) => backAfterMs));
  const { refusedMs, seconds } = total;
  console.log(`
operations   ${all} in ${rounds} rounds, ${(all / seconds).toFixed(0)} a second: ${ok} ok, ${fail} refused, ${unknown} unknown
faults       ${injected.length}, among them ${kills} programs killed
back after   p50 ${quantile(back, 0.5)} ms, worst ${back.at(-1)} ms, never ${injected.length - back.length}
503          ${refusedMs.length} while Redis was away: p50 ${quantile(refusedMs, 0.5).toFixed(0)} ms, p99 ${quantile(refusedMs, 0.99).toFixed(0)} ms
keys         ${keys}, unresolved ${unresolved}
findings     ${findings.length === 0 ? 'none' : findings.map(({ checker }) => checker).join(', ')}

  fault, times, first sale after it began (p50 / worst), after it was healed, line at work after it began
${recoveryLines(injected).join('\n')}`);
}

/** What breaks in a run on an engine besides the engine. */
const besides = plainFaults.filter(({ name }) => /^kill -9 (core-1|gateway-2)$/.test(name));

async function openEngine(name: string | undefined): Promise<Engine | undefined> {
  if (name === undefined) return undefined;
  const open = engines[name];
  if (!open) throw new Error(`--engine takes ${Object.keys(engines).join(', ')}`);
  console.log(`engine ${name}`);
  return open();
}

/** Without it the clocks of the programs stay right, and that is said. */
async function installClockTurner(env: NodeJS.ProcessEnv): Promise<void> {
  const options = { env, dirs: searchDirs(env), log: console.log };
  if (await installOnDebian(['faketime'], options)) return;
  console.log('SKIPPED: clocks that are off. They need libfaketime: apt-get install faketime');
}

async function main(): Promise<void> {
  const { argv, env } = process;
  const minutes = decimalOption(argv, '--minutes', { fallback: 10, min: 0.1, max: 1_440 });
  const fans = numberOption(argv, '--fans', { fallback: 48, min: 1, max: 1_000 });
  const fallback = Math.floor(Math.random() * 1e9);
  const seed = numberOption(argv, '--seed', { fallback, min: 0, max: 999_999_999 });
  const mutantsAt = argv.indexOf('--mutants');
  if (mutantsAt >= 0) {
    const words = argv[mutantsAt + 1] ?? '';
    const options = { words: words.startsWith('--') ? '' : words, seed, log: console.log };
    process.exitCode = (await huntAll(options)) ? 0 : 1;
    return;
  }
  console.log(`seed ${seed}: ${fans} fans and faults for ${minutes} minutes`);
  if (findClockTurner() === undefined) await installClockTurner(env);
  const engine = await openEngine(textOption(argv, '--engine'));
  const only = textOption(argv, '--only') ?? '';
  const some = engine ? [...engine.faults, ...besides] : allFaults();
  const faults = some.filter(({ name }) => name.includes(only));
  if (faults.length === 0) throw new Error(`--only ${only}: no fault has that in its name`);
  const { env: given = {}, dataDirs = {} } = engine ?? {};
  const rig = await openRig({ env: given, dataDirs });
  try {
    const random = seededRandom(seed);
    const options = { rig, seconds: minutes * 60, fans, random, faults, log: console.log };
    const keep = (round: number, { history }: FaultReport): void => {
      const dir = join(dataDirOf(env), 'faults');
      mkdirSync(dir, { recursive: true });
      const file = join(dir, `history-${seed}-${round}.jsonl`);
      writeFileSync(file, history.map((op) => `${JSON.stringify(op)}\n`).join(''));
      console.log(`history      ${file}`);
    };
    const total = await runRounds({ ...options, keep });
    print(total);
    for (const line of (await engine?.figures?.()) ?? []) console.log(line);
    process.exitCode = total.findings.length === 0 && total.unresolved === 0 ? 0 : 1;
  } finally {
    await rig.close();
    await engine?.close();
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
