/** `--short`: a fifth of the rounds and of the crowd, for a look or for all benches in a row. */
export const isShort = process.argv.includes('--short');

export const scaled = (whole: number, least = 1): number =>
  isShort ? Math.max(least, Math.round(whole / 5)) : whole;
