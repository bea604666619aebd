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
      setTimeout(() => failOnLeak(openBefore), leakDeadlineMs).unref();
    });
  }
}

function failOnLeak(openBefore: readonly string[]): void {
  const open = process.getActiveResourcesInfo();
  for (const name of openBefore) {
    const at = open.indexOf(name);
    if (at >= 0) open.splice(at, 1);
  }
  console.error(
    `\nA test left something open, still there after the last test: ${open.join(', ')}`,
  );
  // Mocha sets the code of its counts when the process exits; this comes after it.
  process.on('exit', () => {
    process.exitCode = 1;
  });
  process.exit();
}
