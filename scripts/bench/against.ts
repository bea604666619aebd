import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { changesOf, describeChanges } from './compare.ts';
import { openRef } from './open-ref.ts';
import { type BenchPlan, benches } from './plan.ts';
import { buildTree } from '../stack/build-tree.ts';
import { runBench } from './run-bench.ts';
import { turns } from './turns.ts';

export interface CompareOptions {
  plans: readonly BenchPlan[];
  options: readonly string[];
  /** The commit that is compared with this tree as it stands. */
  ref: string;
  rounds: number;
  rootDir: string;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Printed once for both commits: it has nothing of ours in it. */
const ofTheMachine = 'limits';

/**
 * Runs of a bench on both sides, in turn; who goes first changes from round to round, so that what
 * gets better or worse all the time favours nobody. @returns what each printed, round by round
 */
export async function inTurn(
  rounds: number,
  sides: readonly (() => Promise<string>)[],
): Promise<string[][]> {
  const texts = sides.map((): string[] => []);
  for (const { round, which } of turns(sides, rounds)) {
    const side = round % 2 === 0 ? which : sides.length - 1 - which;
    texts[side]?.push((await sides[side]?.()) ?? '');
  }
  return texts;
}

/** Prints what is different on this tree, bench by bench, beyond what differs from run to run. */
export async function compareWith(options: CompareOptions): Promise<void> {
  const { rootDir, ref, rounds, signal, log } = options;
  const old = await openRef({ rootDir, ref, log, signal });
  try {
    await buildTree(old.dir, signal);
    console.log(`${old.commit} (before) beside this tree (after), ${rounds} rounds each, in turn.`);
    const plans =
      options.plans === benches
        ? benches.filter(({ name }) => name !== ofTheMachine)
        : options.plans;
    for (const plan of plans) {
      signal.throwIfAborted();
      console.log(`\n### ${plan.name}\n`);
      if (!existsSync(join(old.dir, `scripts/bench/${plan.name}.ts`))) {
        console.log(`${old.commit} has no such bench.`);
        continue;
      }
      const side = (tree: string) => async (): Promise<string> => {
        const run = { plan, rootDir: tree, options: options.options, shows: false, signal };
        return (await runBench(run)).text;
      };
      const [before = [], after = []] = await inTurn(rounds, [side(old.dir), side(rootDir)]);
      console.log(describeChanges(changesOf(before, after)));
    }
  } finally {
    await old.close();
  }
}
