import { connect, type Socket } from 'node:net';

/**
 * Load over raw sockets: the same bytes again and again on kept connections, answers told apart by
 * Content-Length alone. It costs a tenth of what an HTTP client costs, so that on two cores it is
 * the server that is measured.
 */
export interface WireLoad {
  port: number;
  /** One request with its head and body. */
  bytes: Buffer;
  connections: number;
  durationMs: number;
  /** Requests a second over all connections; as many as possible when not said. */
  ratePerSecond?: number;
}

export interface WireResult {
  answers: number;
  perSecond: number;
  /** Answers that were not 2xx. */
  errors: number;
  p50Ms: number;
  p99Ms: number;
}

const lengthPattern = /\r\ncontent-length: *(\d+)/i;

interface Lane {
  socket: Socket;
  busy: boolean;
  sentAtMs: number;
  /** Bytes still to come of the answer that is being read. */
  missing: number;
}

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

export async function wireLoad(load: WireLoad): Promise<WireResult> {
  const latenciesMs: number[] = [];
  let errors = 0;
  let running = true;

  const send = (lane: Lane): void => {
    lane.busy = true;
    lane.sentAtMs = performance.now();
    lane.socket.write(load.bytes);
  };

  const finish = (lane: Lane): void => {
    latenciesMs.push(performance.now() - lane.sentAtMs);
    lane.busy = false;
    if (running && load.ratePerSecond === undefined) send(lane);
  };

  const read = (lane: Lane, chunk: Buffer): void => {
    if (lane.missing > 0) {
      lane.missing -= chunk.length;
    } else {
      const end = chunk.indexOf('\r\n\r\n');
      const head = chunk.toString('latin1', 0, end);
      if (head[9] !== '2') errors += 1;
      const length = Number(lengthPattern.exec(head)?.[1] ?? 0);
      lane.missing = length - (chunk.length - end - 4);
    }
    if (lane.missing <= 0) finish(lane);
  };

  const lanes = await Promise.all(
    Array.from({ length: load.connections }, () => openLane(load.port, read)),
  );
  const startedAt = performance.now();
  const timer = load.ratePerSecond
    ? paced(lanes, load.ratePerSecond, send)
    : lanes.forEach((lane) => send(lane));
  await new Promise((resolve) => setTimeout(resolve, load.durationMs));
  running = false;
  if (timer) clearInterval(timer);
  const elapsedMs = performance.now() - startedAt;
  for (const { socket } of lanes) socket.destroy();
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    answers: sorted.length,
    perSecond: Math.round((sorted.length / elapsedMs) * 1_000),
    errors,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  };
}

function openLane(port: number, read: (lane: Lane, chunk: Buffer) => void): Promise<Lane> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const lane: Lane = { socket, busy: false, sentAtMs: 0, missing: 0 };
    socket.setNoDelay(true);
    socket.on('data', (chunk) => read(lane, chunk));
    socket.once('error', reject);
    socket.once('connect', () => resolve(lane));
  });
}

/** Sends on whichever connection is free, as many as are due; a late one is sent at once. */
function paced(lanes: Lane[], perSecond: number, send: (lane: Lane) => void): NodeJS.Timeout {
  const startedAt = performance.now();
  let sent = 0;
  return setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1_000);
    for (const lane of lanes) {
      if (sent >= due) return;
      if (lane.busy) continue;
      send(lane);
      sent += 1;
    }
  }, 1);
}
