import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Files that git knows or would take, by their path from the root. */
export function files(...patterns: string[]): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns],
    { cwd: root, encoding: 'utf8' },
  );
  return listed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)));
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export interface Import {
  from: string;
  /** A path from the root for a relative import, else the package's name. */
  to: string;
  relative: boolean;
}

/** Every import of a file, found by the compiler's own scanner: static, dynamic and of types. */
export function importsOf(path: string): Import[] {
  return ts.preProcessFile(read(path), true, true).importedFiles.map(({ fileName }) => {
    const relative = fileName.startsWith('.');
    const parts = fileName.split('/');
    const name = fileName.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
    return {
      from: path,
      to: relative ? normalize(join(dirname(path), fileName)) : name,
      relative,
    };
  });
}

export const isTest = (path: string): boolean =>
  path.startsWith('tests/') || path.endsWith('.test.ts');
