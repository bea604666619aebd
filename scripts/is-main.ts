import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * True when this module is the script that was asked for, and false when another one imports it:
 * `if (isMain(import.meta.url)) await main();`
 */
export function isMain(moduleUrl: string): boolean {
  const asked = process.argv[1];
  if (asked === undefined) return false;
  return realpathSync(asked) === realpathSync(fileURLToPath(moduleUrl));
}
