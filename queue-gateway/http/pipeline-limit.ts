import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that may wait behind the one that is being answered on their connection. */
const behindMax = 16;

/** @returns whether this request is one too many of its connection. */
export type IsFlood = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/**
 * Node begins every request that arrived, however many stand behind each other (RFC 9112 §9.3.2):
 * a few kilobytes on one connection would take all calls to the core that there are. HTTP/2 counts
 * its streams itself.
 */
export function createPipelineLimit(): IsFlood {
  const behind = new WeakMap<Socket, number>();
  return function isFlood(incoming, outgoing) {
    // An answer is given the socket when those before it are through: nothing is before most.
    if (outgoing.socket !== null) return false;
    const { socket } = incoming;
    const count = (behind.get(socket) ?? 0) + 1;
    behind.set(socket, count);
    outgoing.once('close', () => behind.set(socket, (behind.get(socket) ?? 1) - 1));
    return count > behindMax;
  };
}
