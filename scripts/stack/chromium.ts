import { type DebianOptions, installOnDebian } from './debian.ts';
import { findBinary, searchDirs } from './find-binary.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** With a font that has Korean, so that what it draws can be read. */
const debianPackages = ['chromium', 'fonts-nanum'];

/** A Chromium of this machine: `CHROMIUM` in the environment, or one of its usual names. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  return env['CHROMIUM'] || findBinary(names, searchDirs(env));
}

/** The same, installed from the distribution where that is possible without a question. */
export async function openChromium(
  options: Pick<DebianOptions, 'env' | 'log'>,
): Promise<string | undefined> {
  const found = findChromium(options.env);
  if (found !== undefined) return found;
  await installOnDebian(debianPackages, { ...options, dirs: searchDirs(options.env) });
  return findChromium(options.env);
}

export const missingChromium =
  'The tests of the pages need Chromium: install it (Debian: apt-get install chromium), or name it in CHROMIUM.';
