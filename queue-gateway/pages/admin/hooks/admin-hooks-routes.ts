import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  getWebhook,
  listDeliveries,
  listWebhooks,
  redeliver,
} from '../../../../shared/contracts/webhooks.ts';
import { adminHooksMessages } from '../../messages/admin-hooks.ts';
import { adminMessages } from '../../messages/admin.ts';
import type { PageAnswer, PageVisit } from '../../page.ts';
import { idOf, type PageBinder } from '../../page-binder.ts';
import { bindAdminForm, doneIn, forAdmin, type Note } from '../admin-binder.ts';
import { HookPage } from './hook-page.tsx';
import { HooksPage, SecretPage } from './hooks-page.tsx';

const pageSize = 50;
const styles = ['admin'];
const eventTypes = createWebhook.body.shape.events.element.options;
type EventType = (typeof eventTypes)[number];

const wordsOf = (visit: PageVisit) => ({
  t: visit.words(adminMessages),
  h: visit.words(adminHooksMessages),
  format: visit.format,
});

const paging = (visit: PageVisit) => {
  const cursor = visit.url.searchParams.get('cursor');
  return { limit: pageSize, ...(cursor === null ? {} : { cursor }) };
};

const doneWords = {
  status: 'changed',
  redeliver: 'redelivered',
  delete: 'forgotten',
} as const;

function doneNote(visit: PageVisit): Note | undefined {
  const what = doneIn(visit, doneWords);
  if (!what) return undefined;
  const { h } = wordsOf(visit);
  return { words: h(doneWords[what]), isBad: false };
}

async function hooks(visit: PageVisit, note?: Note): Promise<PageAnswer> {
  const words = wordsOf(visit);
  const { items, nextCursor } = await visit.call(listWebhooks, { query: paging(visit) });
  const body = HooksPage({ ...words, hooks: items, nextCursor, eventTypes, url: '', note });
  return { title: words.t('hooks'), styles, body };
}

async function hook(visit: PageVisit, note?: Note): Promise<PageAnswer> {
  const params = { webhookId: idOf(visit, 'webhookId') };
  const [found, deliveries] = await Promise.all([
    visit.call(getWebhook, { params }),
    visit.call(listDeliveries, { params, query: paging(visit) }),
  ]);
  const words = wordsOf(visit);
  const body = HookPage({ ...words, hook: found, deliveries, note });
  return { title: words.t('hooks'), styles, body };
}

/** Answers with the page itself and no redirect: the secret is told once, and is in no address. */
async function make(visit: PageVisit): Promise<PageAnswer> {
  const form = await visit.form();
  const events = form.getAll('events') as EventType[];
  const made = await visit.call(createWebhook, { body: { url: form.get('url') ?? '', events } });
  const { t, h } = wordsOf(visit);
  return { title: h('secretTitle'), styles, body: SecretPage({ t, h, hook: made }) };
}

/** Who is told of events, and the log of it. */
export function adminHooksRoutes(pages: PageBinder): void {
  pages.get(
    '/admin/hooks',
    forAdmin((visit) => hooks(visit, doneNote(visit))),
  );
  pages.get(
    '/admin/hooks/:webhookId',
    forAdmin((visit) => hook(visit, doneNote(visit))),
  );
  bindAdminForm(pages, '/admin/hooks', { refused: hooks, run: make });

  bindAdminForm(pages, '/admin/hooks/:webhookId/status', {
    refused: hook,
    async run(visit) {
      const params = { webhookId: idOf(visit, 'webhookId') };
      const status = (await visit.form()).get('status') === 'ACTIVE' ? 'ACTIVE' : 'DISABLED';
      await visit.call(changeWebhook, { params, body: { status } });
      return { redirect: `/admin/hooks/${params.webhookId}?done=status` };
    },
  });
  bindAdminForm(pages, '/admin/hooks/:webhookId/redeliver', {
    refused: hook,
    async run(visit) {
      const webhookId = idOf(visit, 'webhookId');
      const deliveryId = (await visit.form()).get('deliveryId') ?? '';
      await visit.call(redeliver, { params: { webhookId, deliveryId } });
      return { redirect: `/admin/hooks/${webhookId}?done=redeliver` };
    },
  });
  bindAdminForm(pages, '/admin/hooks/:webhookId/delete', {
    refused: hook,
    async run(visit) {
      await visit.call(deleteWebhook, { params: { webhookId: idOf(visit, 'webhookId') } });
      return { redirect: '/admin/hooks?done=delete' };
    },
  });
}
