import type { Delivery, Webhook } from '../../shared/contracts/webhooks.ts';
import { Problem } from '../../shared/problems.ts';
import type { Page, PageQuery } from '../db/page.ts';
import { addressOf, isPublicAddress } from './address-rules.ts';
import type { WebhookFields, WebhookRepository } from './webhook-repository.ts';

/** Every method but `create` and `list` @throws Problem `not-found`. */
export interface WebhookService {
  /** @throws Problem `invalid-request` for a URL that nothing may be sent to. */
  create(fields: Pick<Webhook, 'url' | 'events'>): Promise<Webhook & { secret: string }>;
  list(page: PageQuery): Promise<Page<Webhook>>;
  get(webhookId: string): Promise<Webhook>;
  /** @throws Problem `invalid-request` for a URL that nothing may be sent to. */
  change(webhookId: string, fields: WebhookFields): Promise<Webhook>;
  remove(webhookId: string): Promise<void>;
  deliveries(webhookId: string, page: PageQuery): Promise<Page<Delivery>>;
  redeliver(webhookId: string, deliveryId: string): Promise<Delivery>;
}

export interface WebhookServiceDeps {
  webhooks: WebhookRepository;
  addresses: 'public' | 'any';
  newSecret: () => string;
  /** There is something to deliver. */
  wake: () => void;
}

export function createWebhookService(deps: WebhookServiceDeps): WebhookService {
  const { webhooks, addresses, newSecret, wake } = deps;

  /** Told early for the one who types it; what counts is the check when it is connected to. */
  function checkUrl(text: string | undefined): void {
    if (text === undefined || addresses === 'any') return;
    const { protocol, hostname } = new URL(text);
    const address = addressOf(hostname);
    const isInner = address !== undefined && !isPublicAddress(address);
    if (protocol === 'https:' && !isInner) return;
    const message = 'must be https and lead to a public address';
    throw new Problem('invalid-request', { errors: [{ path: 'body.url', message }] });
  }

  async function get(webhookId: string): Promise<Webhook> {
    const found = await webhooks.find(webhookId);
    if (!found) throw new Problem('not-found');
    return found;
  }

  return {
    get,
    create: async ({ url, events }) => {
      checkUrl(url);
      const secret = newSecret();
      const webhookId = await webhooks.add({ url, events, secret });
      return { ...(await get(webhookId)), secret };
    },
    list: (page) => webhooks.list(page),
    change: async (webhookId, fields) => {
      checkUrl(fields.url);
      await get(webhookId);
      await webhooks.change(webhookId, fields);
      wake();
      return get(webhookId);
    },
    remove: async (webhookId) => {
      await get(webhookId);
      await webhooks.remove(webhookId);
    },
    deliveries: async (webhookId, page) => {
      await get(webhookId);
      return webhooks.deliveries(webhookId, page);
    },
    redeliver: async (webhookId, deliveryId) => {
      const made = await webhooks.redeliver(webhookId, deliveryId);
      if (!made) throw new Problem('not-found');
      wake();
      return made;
    },
  };
}
