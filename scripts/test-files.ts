import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const testDirs = ['shared', 'core-api', 'queue-gateway', 'scripts', 'tests'];

/** Every test file below `rootDir`, in a fixed order, with `/` between folders. */
export function allTestFiles(rootDir: string): string[] {
  return testDirs
    .flatMap((dir) =>
      readdirSync(join(rootDir, dir), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(dir, file),
      ),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.split(sep).join('/'))
    .sort();
}

/** What `npm test -- …` was given, told apart. */
export interface TestRequest {
  files: string[];
  /** For mocha: `--grep` and the like. */
  options: string[];
  /** Asked for, but matching no file. */
  unknown: string[];
}

/** The next word belongs to one of these, whatever it looks like. */
const takesValue = /^(-[gft]|--(grep|fgrep|timeout|retries|slow))$/;

/** Words that name a test file, a folder or a glob choose files; everything else is for mocha. */
export function parseTestRequest(
  args: readonly string[],
  all: readonly string[],
  rootDir: string,
): TestRequest {
  const patterns = args.filter(
    (arg, i) => /^[^-].*[/*]|\.test\.ts$/.test(arg) && !takesValue.test(args[i - 1] ?? ''),
  );
  const options = args.filter((arg) => !patterns.includes(arg));
  if (patterns.length === 0) return { files: [...all], options, unknown: [] };
  const matchers = patterns.map((pattern) => toMatcher(relative(rootDir, join(rootDir, pattern))));
  return {
    files: all.filter((file) => matchers.some((matches) => matches(file))),
    options,
    unknown: patterns.filter((_pattern, i) => !all.some((file) => matchers[i]?.(file) === true)),
  };
}

function toMatcher(pattern: string): (file: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  const whole = new RegExp(`^${source}(?:/.*)?$`);
  return (file) => whole.test(file);
}
