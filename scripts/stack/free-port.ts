import { createServer } from 'node:net';

/** A loopback port nobody listens on now. It can be taken before it is used: callers retry. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** True when nobody listens on `port`, on any address of this machine that we could use. */
export async function isPortFree(port: number): Promise<boolean> {
  const hosts = ['127.0.0.1', '0.0.0.0', '::'];
  for (const host of hosts) {
    if (await isTaken(port, host)) return false;
  }
  return true;
}

function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Other errors (no IPv6 here) say nothing about the port.
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
    server.listen({ port, host, ipv6Only: host === '::' }, () => {
      server.close(() => resolve(false));
    });
  });
}
