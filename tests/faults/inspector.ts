import { readFileSync } from 'node:fs';
import { WebSocket } from 'undici';
import { eventually } from '../harness/eventually.ts';

/** For `node`: the inspector, opened by SIGUSR1, takes any port that is free. */
export const inspectorArgs = ['--inspect-port=0'] as const;

const isOpen = /Debugger listening on (ws:\/\/\S+)/g;

/**
 * Opens the inspector of a `node` program, which can be done once in its life.
 * @param program its process, and the file that its output goes to.
 */
export async function openInspector(program: { pid: number; logFile: string }): Promise<string> {
  const said = (): RegExpMatchArray[] => [
    ...readFileSync(program.logFile, 'utf8').matchAll(isOpen),
  ];
  const before = said().length;
  process.kill(program.pid, 'SIGUSR1');
  return eventually(() => {
    const found = said();
    if (found.length === before) throw new Error('the inspector does not open');
    return found.at(-1)?.[1] ?? '';
  });
}

/** Runs code in the program as it is: no switch for tests is built into it. */
export async function runInside(url: string, code: string): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    const call = { id: 1, method: 'Runtime.evaluate', params: { expression: code } };
    socket.onerror = () => reject(new Error('the inspector does not answer'));
    socket.onopen = () => socket.send(JSON.stringify(call));
    socket.onmessage = () => resolve();
    // The program may be gone by it.
    socket.onclose = () => resolve();
  });
  socket.close();
}
