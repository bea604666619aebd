interface Range {
  fallback: number;
  min: number;
  max: number;
}

/**
 * The whole number behind a flag: `--fans 300` or `--fans=300`.
 * @throws Error with a sentence for the person who typed it.
 */
export const numberOption = (argv: readonly string[], flag: string, range: Range): number =>
  readOption(argv, flag, { ...range, pattern: /^[0-9]{1,9}$/, what: 'a whole number' });

/**
 * The number behind a flag, a fraction allowed: `--no-show 0.3`.
 * @throws Error with a sentence for the person who typed it.
 */
export const decimalOption = (argv: readonly string[], flag: string, range: Range): number =>
  readOption(argv, flag, { ...range, pattern: /^[0-9]{1,9}(\.[0-9]{1,6})?$/, what: 'a number' });

function readOption(
  argv: readonly string[],
  flag: string,
  { fallback, min, max, pattern, what }: Range & { pattern: RegExp; what: string },
): number {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return fallback;
  const text = argv[at]?.includes('=') ? argv[at].slice(flag.length + 1) : argv[at + 1];
  const value = Number(text);
  if (!pattern.test(text ?? '') || value < min || value > max) {
    throw new Error(`${flag} takes ${what} from ${min} to ${max}`);
  }
  return value;
}

/** The text behind a flag, if it is there: `--receipt receipt.txt`. */
export function textOption(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  return argv[at]?.startsWith(`${flag}=`) ? argv[at].slice(flag.length + 1) : argv[at + 1];
}
