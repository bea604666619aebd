import { loadGatewayConfig } from '../../queue-gateway/config.ts';
import type { Line } from '../../queue-gateway/line.ts';
import { startGateway } from '../../queue-gateway/server.ts';
import type { RunningService } from '../../shared/service.ts';
import { createActiveTokens } from '../../queue-gateway/tokens/active-token.ts';
import { createWaitingTokens } from '../../queue-gateway/tokens/waiting-token.ts';
import { nobody, signAssertion } from '../../shared/assertion.ts';
import { deliverEvents } from '../../shared/contracts/internal.ts';
import {
  generateAccessJwk,
  generatePrivateJwk,
  generateSecretJwk,
  loadAccessKeys,
  loadPrivateKeys,
  loadSecretKeys,
} from '../../shared/keys.ts';
import { nowSeconds, signAccessToken } from './forge.ts';
import { tokenKinds } from './forgeries.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { patience } from '../harness/patience.ts';

/**
 * The gateway alone: a recorder stands where the core would and shows what reached it, and a line
 * of a few lines stands where Redis would, because what is tested here comes before both.
 */

export interface Edge {
  url: string;
  port: number;
  core: Recorder;
  gateway: RunningService;
  /** Answers of the line; a test changes them. */
  line: Line['gate'];
  accessToken(userId: string, role?: 'USER' | 'ADMIN'): string;
  activeToken(userId: string, roomId: string, claims?: { expiresAtMs?: number }): string;
  waitingToken(userId: string, roomId: string, claims?: { expiresAtMs?: number }): string;
  /** How each kind of token is signed here, for who wants to get one wrong. */
  kinds: ReturnType<typeof tokenKinds>;
  /** What came in from the core. */
  events: unknown[];
  /** A header value of an assertion by the core. */
  assertion(method: string, target: string, body: string): string;
  close(): Promise<void>;
}

const setOf = (key: unknown): string => JSON.stringify({ keys: [key] });

function makeKeys() {
  const jwks = {
    ACCESS_TOKEN_PUBLIC_KEYS: setOf(generateAccessJwk()),
    ACTIVE_TOKEN_KEYS: setOf(generatePrivateJwk()),
    WAITING_TOKEN_KEYS: setOf(generateSecretJwk()),
    ASSERTION_KEYS: setOf(generateSecretJwk()),
    RECEIPT_KEYS: setOf(generatePrivateJwk()),
    TICKET_PUBLIC_KEYS: setOf(generatePrivateJwk()),
  };
  const now = Date.now;
  return {
    jwks,
    assertion: loadSecretKeys(jwks.ASSERTION_KEYS),
    access: loadAccessKeys(jwks.ACCESS_TOKEN_PUBLIC_KEYS).signing,
    activeKey: loadPrivateKeys(jwks.ACTIVE_TOKEN_KEYS).signing,
    waitingKey: loadSecretKeys(jwks.WAITING_TOKEN_KEYS).signing,
    active: createActiveTokens({ keys: loadPrivateKeys(jwks.ACTIVE_TOKEN_KEYS), now }),
    waiting: createWaitingTokens({ keys: loadSecretKeys(jwks.WAITING_TOKEN_KEYS), now }),
  };
}

const entry = (userId: string, roomId: string) => ({
  userId,
  roomId,
  queueId: '12',
  epoch: 0,
  issuedAtMs: nowSeconds() * 1_000,
  expiresAtMs: (nowSeconds() + 600) * 1_000,
});

function signers(keys: ReturnType<typeof makeKeys>) {
  return {
    kinds: tokenKinds({
      waiting: keys.waitingKey,
      active: keys.activeKey,
      access: keys.access,
    }),
    accessToken: (userId, role = 'USER') => signAccessToken({ ...keys.access, userId, role }),
    activeToken: (userId, roomId, claims) =>
      keys.active.sign({ ...entry(userId, roomId), jti: 'AAAAAAAAAAAAAAAAAAAAAA', ...claims }),
    waitingToken: (userId, roomId, claims) =>
      keys.waiting.sign({ ...entry(userId, roomId), ...claims }),
    assertion: (method, target, body) =>
      signAssertion(
        { keys: keys.assertion },
        { audience: 'queue-gateway', method, target, body: Buffer.from(body) },
        nobody,
      ),
  } satisfies Partial<Edge>;
}

function quietLine(events: unknown[]): Line {
  return {
    gate: {
      endedReason: () => undefined,
      waitingSummary: () => ({ position: 42, pollAfterMs: 5_000 }),
      checkLease: () => Promise.resolve(),
      touch: () => undefined,
    },
    routes: (bind) =>
      bind(deliverEvents, ({ body }) => {
        events.push(...body.events);
        return undefined;
      }),
    pingRedis: () => Promise.resolve('PONG'),
    collect: () => Promise.resolve(),
    drain: () => undefined,
    close: () => Promise.resolve(),
  };
}

export async function startEdge(env: Record<string, string> = {}): Promise<Edge> {
  const keys = makeKeys();
  const core = await startRecorder(keys.assertion);
  const events: unknown[] = [];
  const line = quietLine(events);
  const config = loadGatewayConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    RATE_LIMITS: 'off',
    GATEWAY_PORT: '0',
    CORE_URL: core.url,
    REDIS_URL: 'redis://127.0.0.1:1',
    SHUTDOWN_SECONDS: '2',
    ...patience,
    ...keys.jwks,
    ...env,
  });
  const gateway = await startGateway(config, { openLine: () => Promise.resolve(line) });
  return {
    url: gateway.url,
    port: gateway.port,
    core,
    gateway,
    line: line.gate,
    events,
    ...signers(keys),
    close: async () => {
      await gateway.close();
      await core.close();
    },
  };
}
