import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Hono } from 'hono';

/** What the listener hands to Hono beside the Request. */
export interface EdgeBindings {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  requestId: string;
  /** Of the caller, as far as it can be known: `client-address.ts`. */
  address: string;
  /** HEAD; Hono and `incoming` say GET, and node leaves the body out. */
  isHead: boolean;
}

export interface EdgeEnv {
  Bindings: EdgeBindings;
}

export type EdgeApp = Hono<EdgeEnv>;
export type EdgeContext = Context<EdgeEnv>;

/** A template of the contracts as Hono writes it: `/concerts/{id}` -> `/concerts/:id`. */
export const toRoutePath = (template: string): string => template.replace(/\{(\w+)\}/g, ':$1');
