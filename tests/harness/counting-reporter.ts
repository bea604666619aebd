import { Session } from 'node:inspector/promises';
import Mocha from 'mocha';

/** What `scripts/test.ts` is told when the run is over. */
export interface TestCounts {
  passed: number;
  failed: number;
}

const leakDeadlineMs = 10_000;

/**
 * The spec reporter, and two things more: it hands the counts to the process that started the
 * tests, and it names what a test forgot to close instead of letting the run hang.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const openBefore = process.getActiveResourcesInfo();
    runner.once('end', () => {
      const counts: TestCounts = { passed: this.stats.passes, failed: this.stats.failures };
      process.send?.(counts);
      // Does not keep the process alive itself: it fires only when something else does.
      setTimeout(() => void failOnLeak(openBefore), leakDeadlineMs).unref();
    });
  }
}

async function failOnLeak(openBefore: readonly string[]): Promise<void> {
  const open = process.getActiveResourcesInfo();
  for (const name of openBefore) {
    const at = open.indexOf(name);
    if (at >= 0) open.splice(at, 1);
  }
  console.error(
    `\nA test left something open, still there after the last test: ${open.join(', ')}`,
  );
  console.error(await pendingTimers());
  // Mocha sets the code of its counts when the process exits; this comes after it.
  process.on('exit', () => {
    process.exitCode = 1;
  });
  process.exit();
}

/** Every timer that keeps the process alive: its delay and what it calls. */
async function pendingTimers(): Promise<string> {
  const session = new Session();
  session.connect();
  const kind = await session.post('Runtime.evaluate', {
    // The class of timers has no name of its own; this makes one and takes its prototype.
    expression: '{ const t = setTimeout(() => 0); clearTimeout(t); Object.getPrototypeOf(t); }',
  });
  const prototypeObjectId = kind.result.objectId ?? '';
  const { objects } = await session.post('Runtime.queryObjects', { prototypeObjectId });
  const words = await session.post('Runtime.callFunctionOn', {
    objectId: objects.objectId ?? '',
    functionDeclaration: describeTimers.toString(),
    returnByValue: true,
  });
  return String(words.result.value);
}

/** Runs in the debugger's context: it may name nothing from this file. */
function describeTimers(this: Iterable<NodeJS.Timeout>): string {
  type Inside = NodeJS.Timeout & { _destroyed: boolean; _idleTimeout: number; _onTimeout: unknown };
  return [...(this as Iterable<Inside>)]
    .filter((timer) => !timer._destroyed && timer._idleTimeout > 0 && timer.hasRef())
    .map((timer) => `${timer._idleTimeout} ms: ${String(timer._onTimeout).slice(0, 400)}`)
    .join('\n');
}
