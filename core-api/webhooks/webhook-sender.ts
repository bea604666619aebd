import { createSecretKey } from 'node:crypto';
import { lookup as resolve } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, request } from 'undici';
import { signWebhook } from '../../shared/webhook-signature.ts';
import { addressOf, isPublicAddress } from './address-rules.ts';

/** What became of one try. */
export type Sent = { ok: boolean; status: number | null; error: string | null };

export interface WebhookSender {
  /** One try; never throws. */
  send(to: { url: string; secret: string }, message: { id: string; body: string }): Promise<Sent>;
  close(): Promise<void>;
}

export interface WebhookSenderOptions {
  /** `public`: addresses inside a network are refused, asked at the moment of the connection. */
  addresses: 'public' | 'any';
  /** Unix time in ms. */
  now: () => number;
  timeoutMs?: number;
}

const connectTimeoutMs = 2_000;
const answerMaxBytes = 64 * 1_024;
const errorMaxLength = 200;
const secretPrefix = 'whsec_';

export const newSecret = (bytes: Buffer): string => secretPrefix + bytes.toString('base64');

const keyOf = (secret: string) =>
  createSecretKey(Buffer.from(secret.slice(secretPrefix.length), 'base64'));

class InnerAddress extends Error {
  constructor() {
    super('the URL leads to an address that is not public');
    this.name = 'InnerAddress';
  }
}

/**
 * The address that is checked is the one that is connected to: a name that is asked twice could
 * answer twice (DNS rebinding). A name with any inner address is refused as a whole.
 */
const publicLookup: LookupFunction = (hostname, options, done) => {
  const failed = (error: Error) => done(error, '', 0);
  resolve(hostname, { ...options, all: true }).then((found) => {
    const [first] = found;
    if (!first || !found.every(({ address }) => isPublicAddress(address))) {
      return failed(new InnerAddress());
    }
    return options.all ? done(null, found) : done(null, first.address, first.family);
  }, failed);
};

function publicConnector(): buildConnector.connector {
  // Handed on to net.connect, which the types leave out.
  const options = { timeout: connectTimeoutMs, lookup: publicLookup };
  const connect = buildConnector(options as buildConnector.BuildOptions);
  return (to, done) => {
    // An address is never looked up, so it is checked here.
    const address = addressOf(to.hostname);
    if (address !== undefined && !isPublicAddress(address)) return done(new InnerAddress(), null);
    return connect(to, done);
  };
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { addresses, now, timeoutMs = 5_000 } = options;
  const connect = addresses === 'public' ? publicConnector() : { timeout: connectTimeoutMs };
  // One socket per subscriber is enough: its events go one after another.
  const dispatcher = new Agent({ connections: 4, connect });
  return {
    send: async ({ url, secret }, { id, body: text }) => {
      const body = Buffer.from(text);
      try {
        const answer = await request(url, {
          method: 'POST',
          dispatcher,
          body,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'concert-on-sale',
            ...signWebhook(keyOf(secret), { id, body }, now()),
          },
          signal: AbortSignal.timeout(timeoutMs),
        });
        // Only the status counts; a redirect is not followed.
        await answer.body.dump({ limit: answerMaxBytes }).catch(() => undefined);
        const { statusCode: status } = answer;
        const ok = status >= 200 && status <= 299;
        return { ok, status, error: ok ? null : `answered ${status}` };
      } catch (error) {
        return { ok: false, status: null, error: messageOf(error) };
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function messageOf(error: unknown): string {
  if (error instanceof InnerAddress) return error.message;
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return 'did not answer in time';
  const { code } = error as Error & { code?: string };
  return (code ?? error.message).slice(0, errorMaxLength);
}
