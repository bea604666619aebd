import { type PaymentProvider, sandboxProvider } from './charges/payment-provider.ts';
import { createWebhookProvider } from './charges/webhook-provider.ts';
import type { CoreConfig } from './config.ts';
import { createWebhookSender, type WebhookSender } from './webhooks/webhook-sender.ts';

/** Whom the core speaks to beyond the gateway: the payment provider, and subscribers. */
export interface Outside {
  provider: PaymentProvider;
  sender: WebhookSender;
  /** Where subscribers may be. */
  addresses: 'public' | 'any';
  close(): Promise<void>;
}

type OutsideConfig = Pick<
  CoreConfig,
  'paymentProvider' | 'paymentProviderUrl' | 'paymentWebhookKeys' | 'webhookAddresses'
>;

export function openOutside(config: OutsideConfig): Outside {
  const { paymentProviderUrl: url, webhookAddresses: addresses } = config;
  const keys = config.paymentProvider === 'webhook' ? config.paymentWebhookKeys : undefined;
  const now = Date.now;
  const provider = keys && createWebhookProvider({ url, keys, now });
  const sender = createWebhookSender({ addresses, now });
  return {
    provider: provider ?? sandboxProvider,
    sender,
    addresses,
    close: async () => {
      await provider?.close();
      await sender.close();
    },
  };
}
