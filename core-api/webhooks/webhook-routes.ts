import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  getWebhook,
  listDeliveries,
  listWebhooks,
  redeliver,
} from '../../shared/contracts/webhooks.ts';
import type { Bind } from '../http/bind.ts';
import type { WebhookService } from './webhook-service.ts';

export function webhookRoutes(bind: Bind, webhooks: WebhookService): void {
  bind(createWebhook, ({ body }) => webhooks.create(body));
  bind(listWebhooks, ({ query }) => webhooks.list(query));
  bind(getWebhook, ({ params }) => webhooks.get(params.webhookId));
  bind(changeWebhook, ({ params, body }) => webhooks.change(params.webhookId, body));
  bind(deleteWebhook, async ({ params }) => {
    await webhooks.remove(params.webhookId);
    return undefined;
  });
  bind(listDeliveries, ({ params, query }) => webhooks.deliveries(params.webhookId, query));
  bind(redeliver, ({ params }) => webhooks.redeliver(params.webhookId, params.deliveryId));
}
