import { statSync } from 'node:fs';
import type { Keys, KeySet } from './keys.ts';
import type { Logger } from './logger.ts';

export interface KeyWatch {
  close(): void;
}

export interface KeyWatchOptions {
  /** Every key set in it is followed. */
  config: object;
  /** What is wrong with the sets together, if anything; a set that makes it so is not taken. */
  faults?: (sets: Readonly<Record<string, Keys>>) => readonly { message: string }[];
  log: Pick<Logger, 'info' | 'error'>;
}

/** A key that is retired works nowhere after this, and a new one everywhere. */
const everyMs = 500;

const isKeySet = (value: unknown): value is KeySet =>
  typeof value === 'object' && value !== null && 'byKid' in value && 'reload' in value;

const keySetsIn = (config: object): Record<string, KeySet> =>
  Object.fromEntries(
    Object.entries(config).filter((entry): entry is [string, KeySet] => isKeySet(entry[1])),
  );

/** Changes with every way to replace a file: written, renamed over, a link that leads elsewhere. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : '';
}

/**
 * Follows the files of key sets, so that keys change without a restart. Looked at by the clock: the
 * notices of file systems miss links that are switched, as mounted secrets are.
 */
export function watchKeys({ config, faults = () => [], log }: KeyWatchOptions): KeyWatch {
  const sets = keySetsIn(config);
  const stamps = new Map<string, string>();

  function look(name: string, set: KeySet, file: string): void {
    const stamp = stampOf(file);
    if (stamp === stamps.get(name)) return;
    stamps.set(name, stamp);
    const check = (candidate: Keys): void => {
      const [fault] = faults({ ...sets, [name]: candidate });
      if (fault) throw new Error(fault.message);
    };
    try {
      if (set.reload(check)) log.info({ set: name, kids: [...set.byKid.keys()] }, 'keys changed');
    } catch {
      // The message of a parser could quote a key.
      log.error({ set: name, file }, 'the keys stay: their file is no such key set');
    }
  }

  const lookAtAll = (): void => {
    for (const [name, set] of Object.entries(sets))
      if (set.file !== undefined) look(name, set, set.file);
  };
  const timer = setInterval(lookAtAll, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
