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
    runner.once('end', () => {
      const counts: TestCounts = { passed: this.stats.passes, failed: this.stats.failures };
      process.send?.(counts);
      // Does not keep the process alive itself: it fires only when something else does.
      setTimeout(failOnLeak, leakDeadlineMs).unref();
    });
  }
}

function failOnLeak(): void {
  const open = process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap');
  console.error(
    `\nA test left something open; still alive after the last test: ${open.join(', ')}`,
  );
  process.exit(1);
}
