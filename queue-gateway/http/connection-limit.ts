import type { BlockList, Server, Socket } from 'node:net';
import { isTrusted, limitKeyOf, plainAddress } from './client-address.ts';

/**
 * Keeps one address from taking all connections there are. A proxy of ours speaks for many, so it
 * is not counted. Who has too many is hung up on: there is no request yet to answer.
 */
export function limitConnections(
  server: Server,
  options: { trustedProxies: BlockList; addressConnectionsMax: number },
): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (isTrusted(options.trustedProxies, address)) return;
    const key = limitKeyOf(address);
    const count = (open.get(key) ?? 0) + 1;
    open.set(key, count);
    socket.once('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    });
    if (count > options.addressConnectionsMax) socket.destroy();
  });
}
