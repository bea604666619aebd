import { readFileSync } from 'node:fs';
import { WebSocket } from 'undici';
import { eventually } from '../harness/eventually.ts';

/** For `node`: the inspector, opened by SIGUSR1, takes any port that is free. */
export const inspectorArgs = ['--inspect-port=0'] as const;

const isOpen = /Debugger listening on (ws:\/\/\S+)/g;

/**
 * Runs code in a `node` program as it is, by its inspector: no switch for tests is built into it.
 * @param program its process, and the file that its output goes to.
 */
export async function runInside(
  { pid, logFile }: { pid: number; logFile: string },
  code: string,
): Promise<void> {
  const said = (): string[] =>
    [...readFileSync(logFile, 'utf8').matchAll(isOpen)].map(([, url]) => url ?? '');
  const before = said().length;
  process.kill(pid, 'SIGUSR1');
  const url = await eventually(() => {
    const found = said();
    if (found.length === before) throw new Error('the inspector does not open');
    return found.at(-1) ?? '';
  });
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.onerror = () => reject(new Error('the inspector does not answer'));
    socket.onopen = () => {
      socket.send(
        JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: code } }),
      );
    };
    // The program may be gone by it.
    socket.onmessage = () => resolve();
    socket.onclose = () => resolve();
  });
  socket.close();
}
