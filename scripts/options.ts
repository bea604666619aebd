/**
 * The whole number behind a flag: `--fans 300` or `--fans=300`.
 * @throws Error with a sentence for the person who typed it.
 */
export function numberOption(
  argv: readonly string[],
  flag: string,
  range: { fallback: number; min: number; max: number },
): number {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return range.fallback;
  const text = argv[at]?.includes('=') ? argv[at].slice(flag.length + 1) : argv[at + 1];
  const value = Number(text);
  if (!/^[0-9]{1,9}$/.test(text ?? '') || value < range.min || value > range.max) {
    throw new Error(`${flag} takes a whole number from ${range.min} to ${range.max}`);
  }
  return value;
}

/**
 * The number behind a flag, a fraction allowed: `--no-show 0.3`.
 * @throws Error with a sentence for the person who typed it.
 */
export function decimalOption(
  argv: readonly string[],
  flag: string,
  range: { fallback: number; min: number; max: number },
): number {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return range.fallback;
  const text = argv[at]?.includes('=') ? argv[at].slice(flag.length + 1) : argv[at + 1];
  const value = Number(text);
  if (!/^[0-9]{1,9}(\.[0-9]{1,6})?$/.test(text ?? '') || value < range.min || value > range.max) {
    throw new Error(`${flag} takes a number from ${range.min} to ${range.max}`);
  }
  return value;
}
