import type { Logger } from '../shared/logger.ts';
import type { GatewayConfig } from './config.ts';
import type { CoreClient } from './core-client/core-client.ts';
import type { LineLease } from './forward/forward-routes.ts';
import type { Bind } from './http/bind.ts';
import type { LineGate } from './http/guard.ts';
import type { AccessTokens } from './tokens/access-token.ts';
import type { ActiveTokens } from './tokens/active-token.ts';
import type { QueueTokens } from './tokens/queue-tokens.ts';
import type { WaitingTokens } from './tokens/waiting-token.ts';

/** The line, as far as the rest of the gateway knows it. */
export interface Line {
  gate: LineGate & LineLease;
  /** Binds the calls of the queue, its operator and the core's events. */
  routes: (bind: Bind) => void;
  pingRedis: () => Promise<unknown>;
  /** Ends the streams with a hint to come back. */
  drain(): void;
  close(): Promise<void>;
}

export interface LineDeps {
  config: GatewayConfig;
  log: Logger;
  core: CoreClient;
  tokens: {
    access: AccessTokens;
    waiting: WaitingTokens;
    active: ActiveTokens;
    queue: QueueTokens;
  };
}

export type OpenLine = (deps: LineDeps) => Promise<Line>;

/** Opens Redis and wires the line. */
export const openLine: OpenLine = () => Promise.reject(new Error('not wired yet'));
