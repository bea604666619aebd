import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; 127 when the command is not there, 1 when a signal ended it. */
  code: number;
  /** stdout and stderr in the order they came. */
  output: string;
}

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Gets each piece of output as it comes, for commands a person waits for. */
  onOutput?: (text: string) => void;
}

/**
 * Runs a command to its end and never rejects: a command that cannot be started is an answer too.
 * It gets its own process group, so that a Ctrl-C on the terminal does not cut it in half.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      env: options.env,
      cwd: options.cwd,
      timeout: options.timeoutMs,
      signal: options.signal,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      options.onOutput?.(chunk.toString());
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
