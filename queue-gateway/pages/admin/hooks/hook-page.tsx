import type { Delivery, Webhook } from '../../../../shared/contracts/webhooks.ts';
import type { Format } from '../../i18n/format.ts';
import type { Note } from '../admin-binder.ts';
import { AdminFrame, type AdminT } from '../admin-frame.tsx';
import { HookBadge, type HooksT } from './hooks-page.tsx';

export interface HookProps {
  t: AdminT;
  h: HooksT;
  format: Format;
  hook: Webhook;
  deliveries: { items: readonly Delivery[]; nextCursor: string | null };
  note?: Note | undefined;
}

const tones: Record<Delivery['state'], string> = { PENDING: 'look', DELIVERED: 'good', FAILED: '' };

function Row({
  h,
  format,
  one,
  at,
}: Pick<HookProps, 'h' | 'format'> & { one: Delivery; at: string }) {
  const { deliveryId, eventType, state, attempts, lastStatus, lastError, lastTriedAt } = one;
  return (
    <tr>
      <th scope="row">{eventType}</th>
      <td data-label={h('state')}>
        <span class={`badge ${tones[state]}`}>{h(`state${state}`)}</span>
      </td>
      <td data-label={h('attempts')} class="num">
        {format.number(attempts)}
      </td>
      <td data-label={h('answer')}>{lastError ?? lastStatus ?? '–'}</td>
      <td data-label={h('when')}>{lastTriedAt === null ? '–' : format.moment(lastTriedAt)}</td>
      <td>
        <form method="post" action={`${at}/redeliver`}>
          <button class="button quiet" name="deliveryId" value={deliveryId}>
            {h('redeliver')}
          </button>
        </form>
      </td>
    </tr>
  );
}

function Log({ h, format, deliveries, at }: HookProps & { at: string }) {
  if (deliveries.items.length === 0) return <p class="empty">{h('deliveriesNone')}</p>;
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{h('event')}</th>
          <th scope="col">{h('state')}</th>
          <th scope="col" class="num">
            {h('attempts')}
          </th>
          <th scope="col">{h('answer')}</th>
          <th scope="col">{h('when')}</th>
          <td></td>
        </tr>
      </thead>
      <tbody>
        {deliveries.items.map((one) => (
          <Row h={h} format={format} one={one} at={at} />
        ))}
      </tbody>
    </table>
  );
}

/** One webhook: whether it sends, and what became of what it sent. */
export function HookPage(props: HookProps) {
  const { t, h, format, hook, deliveries, note } = props;
  const at = `/admin/hooks/${hook.webhookId}`;
  const isActive = hook.status === 'ACTIVE';
  return (
    <AdminFrame t={t} here="/admin/hooks" title={hook.url} note={note}>
      <p>
        <a href="/admin/hooks">← {h('allHooks')}</a>
      </p>
      <p class="row">
        <HookBadge h={h} hook={hook} />
        <span>{h('pendingText', { n: hook.pending })}</span>
      </p>
      {hook.disabledReason === null ? null : <p class="notice">{hook.disabledReason}</p>}
      {hook.failingSince === null ? null : (
        <p class="notice">{h('failingSince', { moment: format.moment(hook.failingSince) })}</p>
      )}
      <p class="fine">{hook.events.join(' · ')}</p>
      <form method="post" action={`${at}/status`}>
        <button class="button quiet" name="status" value={isActive ? 'DISABLED' : 'ACTIVE'}>
          {h(isActive ? 'disable' : 'enable')}
        </button>
      </form>
      <h2>{h('deliveries')}</h2>
      <Log {...props} at={at} />
      {deliveries.nextCursor === null ? null : (
        <p>
          <a class="button quiet" href={`${at}?cursor=${deliveries.nextCursor}`}>
            {t('older')}
          </a>
        </p>
      )}
      <details class="card">
        <summary>{h('forget')}</summary>
        <form class="stack" method="post" action={`${at}/delete`}>
          <p>{h('forgetSays')}</p>
          <button class="button danger">{h('forgetConfirm')}</button>
        </form>
      </details>
    </AdminFrame>
  );
}
