import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that may wait behind the one that is being answered on their connection. */
const behindMax = 16;

/**
 * Begins a request when those before it on its connection are answered.
 * @returns false for one too many of its connection, which is never begun.
 */
export type InTurn = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  begin: () => void,
) => boolean;

/**
 * Node begins every request that arrived, however many stand behind each other (RFC 9112 §9.3.2):
 * a few kilobytes on one connection would take all calls to the core that there are, and more of
 * each turn than any other connection. HTTP/2 counts its streams itself.
 */
export function createPipeline(): InTurn {
  const behind = new WeakMap<Socket, number>();
  return function inTurn({ socket }, outgoing, begin) {
    const count = (behind.get(socket) ?? 0) + 1;
    if (count > behindMax) return false;
    behind.set(socket, count);
    // An answer is given the socket when those before it are through.
    outgoing.once('socket', () => {
      behind.set(socket, (behind.get(socket) ?? 1) - 1);
      begin();
    });
    return true;
  };
}
