/**
 * Many people who listen to a room, in a process of their own: sockets and nothing more. Notes for
 * each document when the last of them had it.
 */
import { connect } from 'node:net';
import { serveBench } from './bench-process.ts';

export interface SseOrders {
  port: number;
  /** The request of each. */
  requests: string[];
}

/** How many had a document, and when the first and the last did; Unix time in ms. */
export interface Receipt {
  count: number;
  firstAtMs: number;
  lastAtMs: number;
}

const openAtOnce = 100;
const receipts = new Map<string, Receipt>();
let open = 0;
let lost = 0;

function note(chunk: Buffer): void {
  const at = chunk.lastIndexOf('\nid: ');
  if (at === -1) return;
  const id = chunk.toString('latin1', at + 5, chunk.indexOf('\n', at + 5));
  const nowMs = performance.timeOrigin + performance.now();
  const known = receipts.get(id);
  if (!known) receipts.set(id, { count: 1, firstAtMs: nowMs, lastAtMs: nowMs });
  else {
    known.count += 1;
    known.lastAtMs = nowMs;
  }
}

const listenOnce = (port: number, request: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.once('data', (chunk: Buffer) => {
      if (!chunk.toString('latin1', 0, 15).includes(' 200'))
        return reject(new Error(chunk.toString('utf8')));
      open += 1;
      note(chunk);
      socket.on('data', note);
      resolve();
    });
    socket.on('close', () => (lost += 1));
    socket.once('error', reject);
  });

async function listenAll({ port, requests }: SseOrders): Promise<number> {
  const queue = requests.values();
  const some = async (): Promise<void> => {
    for (const request of queue) await listenOnce(port, request);
  };
  await Promise.all(Array.from({ length: openAtOnce }, some));
  return 0;
}

serveBench<SseOrders>(listenAll, {
  state: () => ({ open, lost }),
  receipts: () => [...receipts.values()],
});
