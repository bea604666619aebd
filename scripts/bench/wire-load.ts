import { connect, type Socket } from 'node:net';
import { quantile } from '../../shared/quantile.ts';

/**
 * Load over raw sockets: prepared bytes on kept connections, answers told apart by Content-Length
 * alone. It costs a tenth of what an HTTP client costs, so that on two cores it is the server that
 * is measured.
 */
export interface WireLoad {
  port: number;
  /** The next request with its head and body; `undefined` when there are no more. */
  next: () => Buffer | undefined;
  connections: number;
  /** Ends then, if requests do not end before. */
  durationMs?: number;
  /** Requests a second over all connections; as many as possible when not said. */
  ratePerSecond?: number;
  /** Sees each answer whole, as text; costs what it costs. */
  onAnswer?: (text: string, tookMs: number) => void;
}

export interface WireResult {
  answers: number;
  perSecond: number;
  /** Answers that were neither 2xx nor 304, and the first of them. */
  errors: number;
  firstError: string;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

/** The same requests again and again. */
export function cycle(requests: readonly Buffer[]): () => Buffer | undefined {
  let at = 0;
  return () => requests[at++ % requests.length];
}

/** Each of them once. */
export function once(requests: readonly Buffer[]): () => Buffer | undefined {
  const left = requests.values();
  return () => left.next().value;
}

const lengthPattern = /\r\ncontent-length: *(\d+)/i;
const bodiless = /^HTTP\/1\.1 (?:204|304)/;
const good = /^HTTP\/1\.1 (?:2|304)/;

interface Lane {
  socket: Socket;
  busy: boolean;
  /** When it was sent, or should have been. */
  dueAtMs: number;
  /** Bytes still to come of the answer that is being read. */
  missing: number;
  text: string;
}

function summarise(
  latenciesMs: readonly number[],
  elapsedMs: number,
  faults: Pick<WireResult, 'errors' | 'firstError'>,
): WireResult {
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    answers: sorted.length,
    perSecond: Math.round((sorted.length / elapsedMs) * 1_000),
    ...faults,
    p50Ms: quantile(sorted, 0.5),
    p95Ms: quantile(sorted, 0.95),
    p99Ms: quantile(sorted, 0.99),
  };
}

export async function wireLoad(load: WireLoad): Promise<WireResult> {
  const { next, onAnswer, ratePerSecond, durationMs } = load;
  const latenciesMs: number[] = [];
  let errors = 0;
  let firstError = '';
  let busy = 0;
  let isOver = false;
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (over = resolve));

  /** False when there is nothing more to send. */
  function send(lane: Lane, dueAtMs: number): boolean {
    const bytes = isOver ? undefined : next();
    if (bytes === undefined) isOver = true;
    if (isOver && busy === 0) over();
    if (bytes === undefined) return false;
    lane.busy = true;
    busy += 1;
    lane.dueAtMs = dueAtMs;
    lane.socket.write(bytes);
    return true;
  }

  function finish(lane: Lane): void {
    const now = performance.now();
    const tookMs = now - lane.dueAtMs;
    latenciesMs.push(tookMs);
    lane.busy = false;
    busy -= 1;
    if (now >= untilMs) isOver = true;
    if (isOver || ratePerSecond === undefined) send(lane, now);
    onAnswer?.(lane.text, tookMs);
  }

  function read(lane: Lane, chunk: Buffer): void {
    const head = take(lane, chunk, onAnswer !== undefined);
    if (head !== undefined && !good.test(head)) {
      errors += 1;
      firstError ||= chunk.toString('utf8');
    }
    if (lane.missing <= 0) finish(lane);
  }

  const lanes = await Promise.all(
    Array.from({ length: load.connections }, () => openLane(load.port, read)),
  );
  const startedAt = performance.now();
  const untilMs = startedAt + (durationMs ?? Infinity);
  if (ratePerSecond === undefined) for (const lane of lanes) send(lane, performance.now());
  const timer = ratePerSecond === undefined ? undefined : paced(lanes, ratePerSecond, send);
  const deadline = durationMs === undefined ? undefined : setTimeout(over, durationMs);
  await ended;
  clearInterval(timer);
  clearTimeout(deadline);
  const elapsedMs = performance.now() - startedAt;
  isOver = true;
  for (const { socket } of lanes) socket.destroy();
  return summarise(latenciesMs, elapsedMs, { errors, firstError });
}

/** One more piece of the answer this lane waits for. @returns its head, when it begins with it. */
function take(lane: Lane, chunk: Buffer, withText: boolean): string | undefined {
  if (lane.missing > 0) {
    lane.missing -= chunk.length;
    if (withText) lane.text += chunk.toString('utf8');
    return undefined;
  }
  const end = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, end);
  if (withText) lane.text = chunk.toString('utf8');
  const length = bodiless.test(head) ? 0 : Number(lengthPattern.exec(head)?.[1] ?? 0);
  lane.missing = length - (chunk.length - end - 4);
  return head;
}

function openLane(port: number, read: (lane: Lane, chunk: Buffer) => void): Promise<Lane> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const lane: Lane = { socket, busy: false, dueAtMs: 0, missing: 0, text: '' };
    socket.setNoDelay(true);
    socket.on('data', (chunk) => read(lane, chunk));
    socket.once('error', reject);
    socket.once('connect', () => resolve(lane));
  });
}

/**
 * Sends on whichever connection is free, as many as are due. A request waits from the moment it
 * was due, so that a server that stands still is not spared what it kept from being sent.
 */
function paced(
  lanes: Lane[],
  perSecond: number,
  send: (lane: Lane, dueAtMs: number) => boolean,
): NodeJS.Timeout {
  const startedAt = performance.now();
  let sent = 0;
  return setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1_000);
    for (const lane of lanes) {
      if (sent >= due) return;
      if (lane.busy) continue;
      if (!send(lane, startedAt + ((sent + 1) * 1_000) / perSecond)) return;
      sent += 1;
    }
  }, 1);
}
