import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

/** A folder only its owner can look into. */
export function makePrivateDir(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Writes a file only its owner can read, whole or not at all. */
export function writePrivateFile(path: string, text: string): void {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  writeFileSync(part, text, { mode: 0o600 });
  chmodSync(part, 0o600);
  renameSync(part, path);
}

/** The text of a file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A record from a file, or undefined when there is none or a crash left half of one. */
export function readJsonIfThere<T>(
  path: string,
  check: (value: unknown) => value is T,
): T | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A random secret kept in a file, made when it is asked for the first time. */
export function keptSecret(path: string): string {
  const known = readIfThere(path)?.trim();
  if (known !== undefined && known !== '') return known;
  const secret = randomBytes(24).toString('base64url');
  writePrivateFile(path, `${secret}\n`);
  return secret;
}
