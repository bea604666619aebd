import { Agent, request } from 'undici';
import { z } from 'zod';
import type { KeySet } from '../../shared/keys.ts';
import { isSignedWebhook, signWebhook } from '../../shared/webhook-signature.ts';
import type { PaymentProvider } from './payment-provider.ts';

export interface WebhookProviderOptions {
  /** Where it is told of charges; undefined: it is not told, its client brings the charge's id. */
  url: string | undefined;
  /** Shared with it. The first signs what it is told, every one verifies what it says. */
  keys: KeySet;
  /** Unix time in ms. */
  now: () => number;
}

const timeoutMs = 5_000;
const answerMaxBytes = 16 * 1_024;

/** What a provider may answer when it is told of a charge. */
const answerSchema = z.object({
  payUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullish(),
});

async function readAnswer(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > answerMaxBytes) throw new Error('the provider answered too much');
    chunks.push(chunk);
  }
  return size === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
}

/** A provider that speaks signed webhooks: docs/payments.md. */
export function createWebhookProvider(options: WebhookProviderOptions): PaymentProvider & {
  close(): Promise<void>;
} {
  const { url, keys, now } = options;
  const dispatcher = new Agent({ connections: 8, connect: { timeout: 2_000 } });
  return {
    confirmsAtOnce: false,
    tell: async ({ chargeId, amount, expiresAt }) => {
      if (url === undefined) return null;
      const body = Buffer.from(JSON.stringify({ chargeId, amount, currency: 'KRW', expiresAt }));
      const signed = signWebhook(keys.signing.key, { id: `charge_${chargeId}`, body }, now());
      const answer = await request(url, {
        method: 'POST',
        dispatcher,
        body,
        headers: { 'content-type': 'application/json', ...signed },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const read = await readAnswer(answer.body);
      if (answer.statusCode < 200 || answer.statusCode > 299) {
        throw new Error(`the provider answered ${answer.statusCode}`);
      }
      return answerSchema.parse(read).payUrl ?? null;
    },
    isFrom: (call) => isSignedWebhook(keys.byKid.values(), call, now()),
    close: () => dispatcher.destroy(),
  };
}
