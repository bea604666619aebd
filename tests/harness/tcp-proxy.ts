import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface Target {
  host: string;
  port: number;
}

/** A wire that a test can cut, freeze, slow down and mend. */
export interface TcpProxy {
  port: number;
  /** Where new connections go from now on. */
  retarget(target: Target): void;
  /** Drops every connection and refuses new ones. */
  cut(): void;
  /** Takes bytes and passes none on, as a process that is stopped does. */
  freeze(): void;
  /** Every answer comes so much later. */
  slow(byMs: number): void;
  /** The next answer to bytes that hold `words` is lost with its connection: it happened, unheard. */
  loseReplyTo(words: string): void;
  /** The next answer ends in the middle, with a reset. */
  halveReply(): void;
  /** Every answer comes in pieces of a few bytes, with a pause between them. */
  trickle(): void;
  /** The next answer is something that nobody understands. */
  garble(): void;
  /** Undoes all of the above. */
  mend(): void;
  close(): Promise<void>;
}

interface Mood {
  open: boolean;
  frozen: boolean;
  slowMs: number;
  loseReplyTo: string | undefined;
  halveReply: boolean;
  trickles: boolean;
  garble: boolean;
}

const calm = (): Mood => ({
  open: true,
  frozen: false,
  slowMs: 0,
  loseReplyTo: undefined,
  halveReply: false,
  trickles: false,
  garble: false,
});

const piece = { bytes: 40, everyMs: 20 };

/**
 * The way back to a client: bytes, or what is to be done behind them, each when it is due and never
 * before what came earlier, whatever the mood becomes meanwhile. A stream that changes its order is
 * nothing that TCP does.
 */
function createWayBack(client: Socket, moodNow: () => Mood) {
  const waiting: { what: Buffer | (() => void); dueMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** @returns how long to wait before the next step */
  function step(): number {
    const first = waiting[0];
    if (!first) return 0;
    const leftMs = first.dueMs - performance.now();
    if (leftMs > 0) return leftMs;
    waiting.shift();
    if (typeof first.what === 'function') first.what();
    else if (moodNow().trickles && first.what.length > piece.bytes) {
      const rest = first.what.subarray(piece.bytes);
      waiting.unshift({ what: rest, dueMs: performance.now() + piece.everyMs });
      if (client.writable) client.write(first.what.subarray(0, piece.bytes));
    } else if (client.writable) client.write(first.what);
    return 0;
  }

  function go(): void {
    timer = undefined;
    let waitMs = 0;
    while (waiting.length > 0 && waitMs === 0) waitMs = step();
    if (waitMs > 0) timer = setTimeout(go, waitMs);
  }

  return (what: Buffer | (() => void)): void => {
    waiting.push({ what, dueMs: performance.now() + moodNow().slowMs });
    if (!timer) go();
  };
}

/** Two sockets as one wire, in the mood of the moment. */
function joinSockets(client: Socket, upstream: Socket, moodNow: () => Mood): void {
  let isDoomed = false;
  const giveBack = createWayBack(client, moodNow);
  const drop = (): void => {
    client.resetAndDestroy();
    upstream.destroy();
  };
  client.on('data', (chunk) => {
    const mood = moodNow();
    if (mood.loseReplyTo !== undefined && chunk.includes(mood.loseReplyTo)) {
      mood.loseReplyTo = undefined;
      isDoomed = true;
    }
    upstream.write(chunk);
  });
  upstream.on('data', (chunk) => {
    const mood = moodNow();
    if (isDoomed) return drop();
    if (mood.halveReply) {
      mood.halveReply = false;
      giveBack(chunk.subarray(0, chunk.length >> 1));
      giveBack(drop);
      return;
    }
    if (mood.garble) {
      mood.garble = false;
      giveBack(Buffer.alloc(chunk.length, 0xa7));
      return;
    }
    giveBack(chunk);
  });
  client.on('end', () => upstream.end());
  upstream.on('end', () => giveBack(() => client.end()));
  if (moodNow().frozen) upstream.pause();
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => giveBack(() => client.destroy()));
}

/** What happens to answers, in the mood of the moment. */
function createHarms(
  moodNow: () => Mood,
): Pick<TcpProxy, 'slow' | 'loseReplyTo' | 'halveReply' | 'trickle' | 'garble'> {
  return {
    slow: (byMs) => void Object.assign(moodNow(), { slowMs: byMs }),
    loseReplyTo: (words) => void Object.assign(moodNow(), { loseReplyTo: words }),
    halveReply: () => void Object.assign(moodNow(), { halveReply: true }),
    trickle: () => void Object.assign(moodNow(), { trickles: true }),
    garble: () => void Object.assign(moodNow(), { garble: true }),
  };
}

export async function createTcpProxy(first: Target): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let target = first;
  let mood = calm();

  const keep = (socket: Socket, among: Set<Socket>): void => {
    among.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => among.delete(socket));
  };
  const server = createServer((client) => {
    keep(client, sockets);
    if (!mood.open) return void client.resetAndDestroy();
    const upstream = connect(target);
    keep(upstream, sockets);
    keep(upstream, upstreams);
    joinSockets(client, upstream, () => mood);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const dropAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    retarget: (to) => {
      target = to;
    },
    cut: () => {
      mood.open = false;
      dropAll();
    },
    freeze: () => {
      mood.frozen = true;
      for (const upstream of upstreams) upstream.pause();
    },
    ...createHarms(() => mood),
    mend: () => {
      mood = calm();
      for (const upstream of upstreams) upstream.resume();
    },
    close: async () => {
      server.close();
      dropAll();
      await once(server, 'close');
    },
  };
}
