import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { isMain } from './is-main.ts';
import { runCommand } from './stack/run-command.ts';

/** Each prints one table of our figures beside a yardstick of the same run. */
const benches = [
  ...['join', 'status', 'room-size', 'sse', 'admission', 'forward'],
  ...['sales', 'rush', 'charges', 'best', 'seat-map', 'audit'],
];
/** Takes as long as it is told to; only when it is asked for. */
const soak = 'soak';

const rootDir = join(import.meta.dirname, '..');
const reportFile = join(rootDir, 'docs/benchmarks.md');
/** What `--write` puts anew; the rest of the document is written by hand. */
const marks = { from: '<!-- last run -->', to: '<!-- end of the last run -->' };

const lineOf = async (command: string, args: string[]): Promise<string> => {
  const { output } = await runCommand(command, args, { cwd: rootDir });
  return output.trim().split('\n')[0] ?? '';
};

/** Where and when, so that figures of two runs are not taken for one. */
async function describeRun(asked: string): Promise<string> {
  const [cpu] = cpus();
  const commit = await lineOf('git', ['rev-parse', '--short', 'HEAD']).catch(() => 'unknown');
  const redis = await lineOf('redis-server', ['--version']).catch(() => 'unknown');
  const date = new Date().toISOString().slice(0, 16);
  return (
    `\`npm run bench ${asked}\`, ${date} UTC, commit ${commit}, Node ${process.version}, ` +
    `${cpus().length} × ${cpu?.model ?? 'cpu'}, ${/v=([\d.]+)/.exec(redis)?.[0] ?? redis} of Redis.`
  );
}

/** What a bench printed; it is shown as it comes, too. */
async function runBench(name: string, options: readonly string[]): Promise<string> {
  // The soak runs the stack of `npm start`, which is that of the sources.
  const file =
    name === soak
      ? ['--import', 'tsx', 'scripts/bench/soak.ts']
      : [`dist/scripts/bench/${name}.js`];
  const child = spawn(process.execPath, [...file, ...options], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    process.stdout.write(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The bench ${name} failed`);
  return text.trim();
}

async function build(): Promise<void> {
  const script = join(rootDir, 'scripts/build.ts');
  const built = await runCommand(process.execPath, ['--import', 'tsx', script], { cwd: rootDir });
  if (built.code !== 0) throw new Error(`The build failed:\n${built.output}`);
}

function write(report: string): void {
  const text = readFileSync(reportFile, 'utf8');
  const [before = '', rest = ''] = text.split(marks.from);
  const after = rest.split(marks.to)[1] ?? '';
  writeFileSync(reportFile, `${before}${marks.from}\n\n${report}\n\n${marks.to}${after}`);
}

/** @throws Error naming what is no bench and no option. */
function readArgs(args: readonly string[]) {
  const at = args.indexOf('--minutes');
  const minutes = at < 0 ? [] : args.slice(at, at + 2);
  const words = at < 0 ? args : args.toSpliced(at, 2);
  const known = [...benches, soak, '--short', '--write'];
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    const names = [...benches, soak].join(', ');
    throw new Error(`No such bench: ${unknown.join(', ')}. There are: ${names}`);
  }
  const named = words.filter((word) => !word.startsWith('--'));
  return {
    names: named.length === 0 ? benches : [...benches, soak].filter((name) => named.includes(name)),
    options: [...(named.length === 0 || words.includes('--short') ? ['--short'] : []), ...minutes],
    writes: words.includes('--write'),
  };
}

/**
 * `npm run bench [-- <name>…] [--short] [--write]`: those named, at their full length; all of them
 * but the soak, short, when none is. `--write` puts the tables into docs/benchmarks.md.
 */
async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const { names, options, writes } = readArgs(asked);
  await build();
  const parts = [await describeRun(asked.length > 0 ? `-- ${asked.join(' ')}` : '')];
  console.log(parts[0]);
  for (const name of names) {
    console.log(`\n### ${name}\n`);
    parts.push(`### ${name}`, await runBench(name, options));
  }
  if (writes) write(parts.join('\n\n'));
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
