import { IncomingMessage, type ServerResponse } from 'node:http';

/**
 * Lets go of what a request said, when its answer goes on for hours: tens of thousands listen to a
 * room, and a fifth of what each costs would be headers that nobody reads again.
 */
export function forgetHeaders({ req }: ServerResponse): void {
  const request: unknown = req;
  if (!(request instanceof IncomingMessage)) return; // HTTP/2 keeps its headers its own way.
  request.headers = {};
  request.rawHeaders = [];
}
