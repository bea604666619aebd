/** `npm run build`: the services compiled to `dist/`, with every file they read at run time. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { buildPages } from './pages/build-pages.ts';
import { runCommand } from './stack/run-command.ts';

const rootDir = join(import.meta.dirname, '..');
const distDir = join(rootDir, 'dist');

const assetDirs = ['shared', 'core-api', 'queue-gateway'];
/** The gateway serves it. */
const assetFiles = ['docs/openapi.json'];
const sourceExtensions = new Set(['.ts', '.tsx', '.mjs', '.md']);

/** Lua, pages and the like stay beside the code that reads them; sources stay out. */
function copyAssets(): number {
  let copied = 0;
  for (const dir of assetDirs) {
    cpSync(join(rootDir, dir), join(distDir, dir), {
      recursive: true,
      filter: (source) => {
        const extension = extname(source);
        if (sourceExtensions.has(extension)) return false;
        if (extension !== '') copied += 1;
        return true;
      },
    });
  }
  for (const file of assetFiles.filter((one) => existsSync(join(rootDir, one)))) {
    cpSync(join(rootDir, file), join(distDir, file));
    copied += 1;
  }
  return copied;
}

async function build(): Promise<void> {
  rmSync(distDir, { recursive: true, force: true });
  await buildPages();
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const compiled = await runCommand(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: rootDir,
  });
  if (compiled.code !== 0) {
    console.error(compiled.output.trimEnd());
    process.exitCode = 1;
    return;
  }
  console.log(`Compiled to dist/, with ${copyAssets()} other files.`);
}

await build();
