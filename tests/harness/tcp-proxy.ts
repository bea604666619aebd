import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A wire to a store that a test can cut and mend. */
export interface TcpProxy {
  port: number;
  /** Drops every connection and refuses new ones. */
  cut(): void;
  /** Takes bytes and passes none on, as a process that is stopped does. */
  freeze(): void;
  /** Undoes `cut` and `freeze`. */
  mend(): void;
  close(): Promise<void>;
}

export async function createTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let open = true;
  let frozen = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (!open) return void client.resetAndDestroy();
    const upstream = connect(target);
    keep(upstream);
    upstreams.add(upstream);
    upstream.on('close', () => upstreams.delete(upstream));
    client.pipe(upstream).pipe(client);
    if (frozen) upstream.pause();
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const drop = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    cut: () => {
      open = false;
      drop();
    },
    freeze: () => {
      frozen = true;
      for (const upstream of upstreams) upstream.pause();
    },
    mend: () => {
      open = true;
      frozen = false;
      for (const upstream of upstreams) upstream.resume();
    },
    close: async () => {
      server.close();
      drop();
      await once(server, 'close');
    },
  };
}
