/**
 * `node scripts/run.mjs <name> [args]`: every `npm run` command goes through here, so that each of
 * them works on a fresh clone. `<name>` is `scripts/<name>.ts`, or else a tool among the installed
 * packages (`tsc`, `eslint`, `prettier`).
 *
 * The script runs inside this very process. There is no process in between that would have to
 * pass signals on, so one Ctrl-C reaches it once and its exit code is ours.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, rootDir } from './bootstrap.mjs';

async function runScript(path, args) {
  const { register } = await import('tsx/esm/api');
  register();
  process.argv = [process.argv[0], path].concat(args);
  await import(pathToFileURL(path).href);
}

function runTool(path, args) {
  const child = spawn(path, args, { cwd: rootDir, stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; the tool decides, and we end when it has ended.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => {
    process.exitCode = code === null ? 1 : code;
  });
}

async function run(name, args) {
  const script = join(rootDir, 'scripts', `${name}.ts`);
  const tool = join(rootDir, 'node_modules', '.bin', name);
  if (existsSync(script)) return runScript(script, args);
  if (existsSync(tool)) return runTool(tool, args);
  console.error(`There is no scripts/${name}.ts and no tool of that name.`);
  process.exitCode = 1;
}

bootstrap();
const [name, ...args] = process.argv.slice(2);
if (!name || !/^[a-z][a-z0-9-]*$/.test(name)) {
  console.error('Usage: node scripts/run.mjs <name> [args]');
  process.exitCode = 1;
} else {
  run(name, args).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
