import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { EdgeBindings } from './edge-env.ts';

/** Checks, does and answers one request, straight to its socket. */
export type Run = (request: EdgeBindings) => Promise<void>;

/**
 * Past the router for requests whose path and query have been found right before. Where they lead
 * is the URL's alone and never changes, the fans of one concert ask for the same few, and finding
 * it out anew, with a Request and a Response around it, costs a quarter of a call.
 */
export interface Shortcuts {
  /** For exactly this method and URL; `undefined` sends it through the router. */
  find(incoming: IncomingMessage): Run | undefined;
  learn(method: string, url: string, run: Run): void;
}

const maxKnown = 10_000;

export function createShortcuts(): Shortcuts {
  const reads = new LRUCache<string, Run>({ max: maxKnown });
  const posts = new LRUCache<string, Run>({ max: maxKnown });
  const of = (method: string | undefined): LRUCache<string, Run> | undefined => {
    if (method === 'GET' || method === 'HEAD') return reads;
    return method === 'POST' ? posts : undefined;
  };
  return {
    find: ({ method, url = '' }) => of(method)?.get(url),
    learn: (method, url, run) => void of(method)?.set(url, run),
  };
}
