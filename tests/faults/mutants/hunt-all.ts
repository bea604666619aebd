import { type Hunt, hunt } from './hunt.ts';
import { type Lair, openLair } from './lair.ts';
import { type Load, loads } from './mutant.ts';
import { mutants } from './mutants.ts';

export interface HuntAllOptions {
  /** Only mutants, or loads of the control, whose name has these words. */
  words: string;
  seed: number;
  log: (line: string) => void;
}

/** A mutant has to be seen within this. */
const huntMaxSeconds = 60;
const controlSeconds = 15;

const line = (verdict: string, name: string, { found, seconds, operations }: Hunt): string => {
  const by = found.map(({ checker }) => checker).join(', ');
  return `${verdict.padEnd(7)} ${seconds.toFixed(1).padStart(5)} s ${String(operations).padStart(6)} calls  ${name}${by === '' ? '' : `: ${by}`}`;
};

/** The product as it is under every load: nobody may see anything. @returns how many were clean */
async function control(lair: Lair, chosen: readonly Load[], options: HuntAllOptions) {
  let clean = 0;
  for (const load of chosen) {
    const seconds = controlSeconds;
    const hunted = await hunt({ edits: [], load, seenBy: [] }, { ...options, lair, seconds });
    const isClean = hunted.found.length === 0;
    if (isClean) clean += 1;
    options.log(line(isClean ? 'clean' : 'BROKEN', `control, ${load.name}`, hunted));
    for (const { checker, findings } of hunted.found) {
      options.log(`        ${checker}: ${findings.slice(0, 3).join('; ')}`);
    }
  }
  return clean;
}

/**
 * Every mutant, one after the other, and the product itself under the same loads.
 * @returns true when all mutants were seen, and nothing where there was nothing to see
 */
export async function huntAll(options: HuntAllOptions): Promise<boolean> {
  const { words, log } = options;
  const wanted = mutants.filter(({ name }) => name.includes(words));
  const controls = loads.filter(({ name }) => `control, ${name}`.includes(words));
  if (wanted.length + controls.length === 0) throw new Error(`no mutant has a name with: ${words}`);
  const lair = await openLair();
  try {
    let caught = 0;
    for (const mutant of wanted) {
      const hunted = await hunt(mutant, { ...options, lair, seconds: huntMaxSeconds });
      const isCaught = hunted.found.some(({ checker }) =>
        mutant.seenBy.some((name) => checker.split(':')[0] === name),
      );
      if (isCaught) caught += 1;
      log(line(isCaught ? 'caught' : 'MISSED', mutant.name, hunted));
    }
    const clean = await control(lair, controls, options);
    log(`${caught} of ${wanted.length} mutants caught; ${clean} of ${controls.length} loads clean`);
    return caught === wanted.length && clean === controls.length;
  } finally {
    await lair.close();
  }
}
