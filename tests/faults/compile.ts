import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import ts from 'typescript';

const rootDir = join(import.meta.dirname, '../..');
const dirs = ['shared', 'core-api', 'queue-gateway'];
/** What a browser runs, and what only a compiler or a test reads. */
const leftOut = /\.(test|d)\.ts$|^queue-gateway\/pages\/client/;

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  jsx: ts.JsxEmit.ReactJSX,
  jsxImportSource: 'hono/jsx',
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

function put(path: string, outDir: string): void {
  const to = join(outDir, path);
  mkdirSync(dirname(to), { recursive: true });
  if (!/\.tsx?$/.test(path)) return cpSync(join(rootDir, path), to);
  const text = readFileSync(join(rootDir, path), 'utf8');
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: path });
  writeFileSync(to.replace(/\.tsx?$/, '.js'), outputText);
}

/**
 * Both services as plain JavaScript below `outDir`. They are started again and again while a run
 * lasts, and a loader that compiles at each start is most of what a start costs.
 */
export function compileServices(outDir: string): void {
  for (const dir of dirs) {
    const files = readdirSync(join(rootDir, dir), { recursive: true, encoding: 'utf8' });
    for (const file of files) {
      const path = join(dir, file);
      if (extname(path) !== '' && !leftOut.test(path)) put(path, outDir);
    }
  }
  for (const path of ['docs/openapi.json', 'package.json']) put(path, outDir);
  symlinkSync(join(rootDir, 'node_modules'), join(outDir, 'node_modules'));
}
