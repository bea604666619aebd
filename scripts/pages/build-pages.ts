import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { builtDir, type PageManifest } from '../../queue-gateway/pages/page-assets.ts';

const pagesDir = join(import.meta.dirname, '../../queue-gateway/pages');
/** What a process that is still starting may be about to read. */
const keepOldMs = 3_600_000;

export interface BuiltFile {
  name: string;
  bytes: number;
  brotliBytes: number;
}

interface OutFile {
  name: string;
  bytes: Buffer;
}

/** One module for each file in `client/entries`, and what several of them share. */
async function bundleScripts(): Promise<{ files: OutFile[]; scripts: PageManifest['scripts'] }> {
  const folder = join(pagesDir, 'client/entries');
  const input = Object.fromEntries(
    readdirSync(folder)
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => [file.replace(/\.tsx?$/, ''), join(folder, file)]),
  );
  const bundle = await rolldown({
    input,
    tsconfig: join(pagesDir, 'client/tsconfig.json'),
    transform: { target: 'es2022' },
    platform: 'browser',
  });
  const { output } = await bundle.generate({
    format: 'esm',
    minify: true,
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
  const chunks = output.filter((one) => one.type === 'chunk');
  const files = chunks.map((one) => ({ name: one.fileName, bytes: Buffer.from(one.code) }));
  const scripts = Object.fromEntries(
    chunks.filter((one) => one.isEntry).map((one) => [one.name, [one.fileName, ...one.imports]]),
  );
  return { files, scripts };
}

/** Comments and white space out; the styles are written so that this is all there is to do. */
const minifyCss = (css: string): string =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/\s*([{};,>])\s*/g, '$1')
    .replace(/:\s+/g, ':')
    .replace(/;}/g, '}')
    .trim();

/** `styles/app/*` make the one style of all pages, in the order of their names; others stand alone. */
function bundleStyles(): { files: OutFile[]; styles: PageManifest['styles'] } {
  const folder = join(pagesDir, 'styles');
  const parts = readdirSync(folder, { withFileTypes: true });
  const files: OutFile[] = [];
  const styles: PageManifest['styles'] = {};
  for (const part of parts) {
    const paths = part.isDirectory()
      ? readdirSync(join(folder, part.name))
          .sort()
          .map((file) => join(folder, part.name, file))
      : [join(folder, part.name)];
    const css = minifyCss(paths.map((path) => readFileSync(path, 'utf8')).join('\n'));
    const name = basename(part.name, '.css');
    const hash = createHash('sha256').update(css).digest('base64url').slice(0, 8);
    styles[name] = `${name}-${hash}.css`;
    files.push({ name: `${name}-${hash}.css`, bytes: Buffer.from(css) });
  }
  return { files, styles };
}

function put(name: string, bytes: Buffer | string): void {
  const path = join(builtDir, name);
  const half = `${path}.${process.pid}`;
  writeFileSync(half, bytes);
  renameSync(half, path);
}

function write({ name, bytes }: OutFile): BuiltFile {
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  const brotli = brotliCompressSync(bytes, { params: quality });
  put(name, bytes);
  put(`${name}.br`, brotli);
  put(`${name}.gz`, gzipSync(bytes, { level: 9 }));
  return { name, bytes: bytes.length, brotliBytes: brotli.length };
}

function removeOld(names: ReadonlySet<string>): void {
  for (const file of readdirSync(builtDir)) {
    const path = join(builtDir, file);
    const isOurs = names.has(file.replace(/\.(br|gz)$/, '')) || file === 'manifest.json';
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (!isOurs && age > keepOldMs) rmSync(path, { force: true });
  }
}

/**
 * Builds into `queue-gateway/pages/built`. Every name carries the hash of its content and the
 * manifest is put in place last, so that two builds at once, or a gateway that starts meanwhile,
 * find a whole set.
 */
export async function buildPages(): Promise<BuiltFile[]> {
  const { files: scriptFiles, scripts } = await bundleScripts();
  const { files: styleFiles, styles } = bundleStyles();
  mkdirSync(builtDir, { recursive: true });
  const files = [...scriptFiles, ...styleFiles];
  const written = files.map(write);
  const manifest: PageManifest = { files: files.map(({ name }) => name), scripts, styles };
  put('manifest.json', JSON.stringify(manifest, null, 2));
  removeOld(new Set(manifest.files));
  return written;
}
