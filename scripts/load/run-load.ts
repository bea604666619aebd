import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '../audit.ts';
import { watchStopSignals } from '../stack/stop-signals.ts';
import type { LoadSetup } from './io.ts';
import { type LoadStack, openLoadStack } from './load-stack.ts';
import { driveNative } from './native/drive.ts';
import {
  type LoadPlan,
  loadVariables,
  planLoad,
  type ScenarioName,
  scenarioNames,
} from './plan.ts';
import { prepareLoad } from './prepare-load.ts';
import { judge, type LoadSummary } from './summary.ts';

export interface LoadRun {
  plan: LoadPlan;
  setup: LoadSetup;
  /** `setup` and `plan` as one JSON file, in a folder that is removed afterwards. */
  setupFile: string;
  summaryFile: string;
  signal: AbortSignal;
}

const rootDir = join(import.meta.dirname, '../..');

/** What `npm run load` and `npm run load:native` answer to a wrong call. */
export function loadUsage(command: string, options: string): string {
  const variables = Object.entries(loadVariables).map(
    ([name, what]) => `  ${name.padEnd(18)} ${what}`,
  );
  return [
    `Usage: npm run ${command} -- <scenario>${options}`,
    `Scenarios: ${scenarioNames.join(', ')}`,
    'By the environment:',
    ...variables,
  ].join('\n');
}

export const isScenario = (word: string | undefined): word is ScenarioName =>
  scenarioNames.some((name) => name === word);

/**
 * Finds or brings up a stack, prepares concert and accounts, lets `drive` run the fans, then audits
 * the database. @returns true when every limit held and nothing is wrong in the database
 */
export async function runLoad(
  scenario: ScenarioName,
  drive: (run: LoadRun, stack: LoadStack) => Promise<void>,
  waitsBy: LoadPlan['waitsBy'] = 'polling',
): Promise<boolean> {
  const { env } = process;
  if (env['NODE_ENV'] === 'production') throw new Error('Not in production.');
  const plan = planLoad(scenario, env, waitsBy);
  const dir = mkdtempSync(join(tmpdir(), 'load-run-'));
  const signals = watchStopSignals({
    onImpatient: () => process.exit(130),
    endsWithParent: env['npm_lifecycle_event'] !== undefined,
  });
  const { signal } = signals;
  const log = (line: string): void => console.error(line);
  try {
    const stack = await openLoadStack({ rootDir, env, compiles: true, log, signal });
    try {
      if (stack.isNew) await warmUp(stack, { dir, signal, log });
      log(`Preparing ${plan.fans} accounts and ${plan.seats} seats ...`);
      const setup = await prepareLoad(stack, plan);
      const setupFile = join(dir, 'setup.json');
      writeFileSync(setupFile, JSON.stringify({ ...setup, plan }), { mode: 0o600 });
      const summaryFile = join(dir, 'summary.json');
      const run = { plan, setup, setupFile, summaryFile, signal };
      await drive(run, stack);
      return (await isClean(stack.databaseUrl)) && hasHeld(run, env['LOAD_SUMMARY']);
    } finally {
      await stack.stop();
    }
  } finally {
    signals.dispose();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Fans of other concerts: they wait and leave, then they buy. */
const warmUps: readonly [ScenarioName, Record<string, string>][] = [
  ['queue-admission', { FANS: '3000', RATE: '500', ADMIT_PER_SECOND: '400' }],
  ['seat-rush', { FANS: '300' }],
];

/** What has just started compiles what it runs while it runs it: that is not what is asked about. */
async function warmUp(
  stack: LoadStack,
  { dir, signal, log }: { dir: string; signal: AbortSignal; log: (line: string) => void },
): Promise<void> {
  log('Warming up with fans of other concerts ...');
  for (const [scenario, env] of warmUps) {
    const plan = planLoad(scenario, env);
    const setup = await prepareLoad(stack, plan);
    const run = { plan, setup, setupFile: '', summaryFile: join(dir, 'warm-up.json'), signal };
    const { counts } = await driveNative(run, { workers: 1, isQuiet: true });
    if (counts.fans_done !== plan.fans) log(`Only ${counts.fans_done} of them came to an end.`);
  }
}

async function isClean(databaseUrl: string): Promise<boolean> {
  const violations = await audit(databaseUrl);
  for (const violation of violations) console.error(JSON.stringify(violation));
  console.log(violations.length === 0 ? 'audit: clean' : `audit: ${violations.length} violated`);
  return violations.length === 0;
}

/** Judged here as well: what was never measured passes a threshold of k6. */
function hasHeld({ summaryFile }: LoadRun, keepAs: string | undefined): boolean {
  if (!existsSync(summaryFile)) {
    console.error('The driver left no summary.');
    return false;
  }
  const text = readFileSync(summaryFile, 'utf8');
  if (keepAs) writeFileSync(keepAs, text);
  return judge(JSON.parse(text) as LoadSummary).every(({ ok }) => ok);
}
