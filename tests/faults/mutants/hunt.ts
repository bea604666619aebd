import { createConnection } from 'mysql2/promise';
import { type Fault, faults } from '../faults.ts';
import { openRig } from '../rig.ts';
import { runFaults } from '../run.ts';
import { seededRandom } from '../../../shared/seeded-random.ts';
import type { Mutant } from './mutants.ts';

/** What is injected where a mutant shows under load alone. */
const calm: Fault = { name: 'nothing', kills: 0, inject: async () => async () => undefined };

const hookFile = new URL('./edit-text.mjs', import.meta.url).href;

export interface Hunt {
  mutant: Mutant;
  /** The checkers that saw something. */
  seenBy: string[];
  isCaught: boolean;
  seconds: number;
}

/** Runs the mutant under load, and under its fault, and asks every checker. */
export async function hunt(
  mutant: Mutant,
  options: { seconds: number; seed: number; log: (line: string) => void },
): Promise<Hunt> {
  const { seconds, seed, log } = options;
  const startedAt = performance.now();
  const rig = await openRig({
    nodeArgs: ['--import', hookFile],
    env: { EDITS: JSON.stringify(mutant.edits) },
    prepareDatabase: async (databaseUrl) => {
      const connection = await createConnection({ uri: databaseUrl });
      for (const sql of mutant.sql ?? []) await connection.query(sql);
      await connection.end();
    },
  });
  try {
    const chosen = faults.filter(({ name }) => name === mutant.fault);
    const report = await runFaults({
      rig,
      seconds,
      fans: 16,
      random: seededRandom(seed),
      faults: chosen.length > 0 ? chosen : [calm],
      log: () => undefined,
    });
    const seenBy = report.findings.map(({ checker }) => checker.split(':')[0] ?? checker);
    const isCaught = mutant.seenBy.some((name) => seenBy.includes(name));
    const hunted = { mutant, seenBy, isCaught, seconds: (performance.now() - startedAt) / 1_000 };
    log(
      `${isCaught ? 'caught ' : 'MISSED '} ${hunted.seconds.toFixed(0).padStart(3)} s  ${mutant.name}: ${seenBy.join(', ')}`,
    );
    return hunted;
  } finally {
    await rig.close();
  }
}
