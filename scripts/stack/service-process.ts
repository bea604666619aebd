import { createWriteStream, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateDir } from './files.ts';
import { levelNumber, lineSplitter, terminalLine } from './log-lines.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export interface ServiceOptions {
  /** `core` or `gateway`: names its log file and its lines on the terminal. */
  name: string;
  /** The file to run, below the root of the repository or of `dist`, without its extension. */
  main: string;
  isCompiled: boolean;
  rootDir: string;
  dataDir: string;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  onUnexpectedExit: (message: string) => void;
}

/** On top of what the service itself takes to finish its requests. */
const extraStopMs = 5_000;
const maxLogBytes = 20 * 1024 * 1024;

/** Where a service's process file is: left-overs of a killed run are found by it. */
export function serviceDir(dataDir: string, name: string): string {
  return join(dataDir, 'services', name);
}

/**
 * One of our two services as a child. All it says goes to `DATA_DIR/logs/<name>.log`; the terminal
 * shows warnings and worse, or what `LOG_LEVEL` asks for when that is set.
 */
export async function startService(options: ServiceOptions): Promise<ServerProcess> {
  const { name, dataDir, env } = options;
  const dir = serviceDir(dataDir, name);
  makePrivateDir(dir);
  makePrivateDir(join(dataDir, 'logs'));
  const logFile = join(dataDir, 'logs', `${name}.log`);
  keepSmall(logFile);
  const file = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const minLevel = levelNumber(env.LOG_LEVEL ?? 'warn');
  const onLine = lineSplitter((line) => {
    const shown = terminalLine(name, line, minLevel);
    if (shown !== undefined) options.log(shown);
  });
  return startServer({
    name,
    command: process.execPath,
    args: nodeArgs(options),
    dir,
    cwd: options.rootDir,
    env,
    disposable: false,
    stopGraceMs: secondsToStop(env) * 1_000 + extraStopMs,
    onOutput: (text) => {
      file.write(text);
      onLine(text);
    },
    onUnexpectedExit: (message) => options.onUnexpectedExit(`${message}; see ${logFile}`),
  });
}

const nodeArgs = ({ rootDir, main, isCompiled }: ServiceOptions): string[] =>
  isCompiled
    ? [join(rootDir, 'dist', `${main}.js`)]
    : ['--import', import.meta.resolve('tsx'), join(rootDir, `${main}.ts`)];

const secondsToStop = (env: NodeJS.ProcessEnv): number =>
  Number(env.DRAIN_SECONDS ?? 2) + Number(env.SHUTDOWN_SECONDS ?? 10);

/** One older log is kept; the disk is not filled by a stack that runs for months. */
function keepSmall(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) renameSync(logFile, `${logFile}.1`);
}
