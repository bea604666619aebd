import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm run build:pages` puts scripts and styles; git does not know it. */
export const builtDir = join(import.meta.dirname, 'built');

/** What was built, as `manifest.json`. Names carry the hash of their content. */
export interface PageManifest {
  files: string[];
  /** By entry: its file, then the files that it imports. */
  scripts: Record<string, string[]>;
  styles: Record<string, string>;
}

export interface PageAsset {
  type: string;
  /** By `Content-Encoding`; `identity` for the bytes themselves. */
  bytes: Record<'identity' | 'br' | 'gzip', Buffer>;
}

export interface PageAssets {
  find(name: string): PageAsset | undefined;
  /** Paths of an entry's script and of what it imports; none when nothing was built. */
  script(entry: string): readonly string[];
  style(name: string): string | undefined;
  isBuilt: boolean;
}

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

const typeOf = (name: string): string =>
  types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

function readAsset(dir: string, name: string): PageAsset {
  const read = (suffix: string): Buffer => readFileSync(join(dir, `${name}${suffix}`));
  return { type: typeOf(name), bytes: { identity: read(''), br: read('.br'), gzip: read('.gz') } };
}

/** Reads what was built, once. Nothing built: pages still answer, plain and without scripts. */
export function loadPageAssets(dir: string = builtDir): PageAssets {
  const path = join(dir, 'manifest.json');
  const manifest: PageManifest = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as PageManifest)
    : { files: [], scripts: {}, styles: {} };
  const assets = new Map(manifest.files.map((name) => [name, readAsset(dir, name)]));
  const { styles, scripts } = manifest;
  return {
    find: (name) => assets.get(name),
    script: (entry) => (scripts[entry] ?? []).map((name) => `/assets/${name}`),
    style: (name) => (styles[name] === undefined ? undefined : `/assets/${styles[name]}`),
    isBuilt: assets.size > 0,
  };
}
