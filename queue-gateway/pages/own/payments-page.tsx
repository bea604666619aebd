import type { Payment } from '../../../shared/contracts/payments.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';
import { Older, OwnNav } from './own-nav.tsx';

export interface PaymentsProps {
  t: Translate<keyof OwnWords>;
  format: Format;
  items: readonly Payment[];
  nextCursor: string | null;
  newKey: () => string;
  isDone: boolean;
  fault?: string;
}

function Row({ t, format, newKey, one }: PaymentsProps & { one: Payment }) {
  const isPaid = one.paymentStatus === 'COMPLETED';
  const amount = format.won(one.amount);
  return (
    <li class="ticket-row">
      <div>
        <strong>{amount}</strong>
        <span class="fine">
          {`${format.stamp(one.paymentDt)} · ${t('number')} ${one.reservationId}`}
        </span>
      </div>
      <span class={`badge ${isPaid ? 'good' : ''}`}>{t(isPaid ? 'completed' : 'refunded')}</span>
      {isPaid ? (
        <details>
          <summary>{t('refund')}</summary>
          <form class="stack" method="post" action={`/me/payments/${one.paymentId}/refund`}>
            <input type="hidden" name="key" value={newKey()} />
            <p class="fine">{t('refundSure', { amount })}</p>
            <button class="button danger">{t('refund')}</button>
          </form>
        </details>
      ) : null}
    </li>
  );
}

/** My payments, and taking one back. */
export function PaymentsPage(props: PaymentsProps) {
  const { t, items, nextCursor, isDone, fault } = props;
  return (
    <section class="stack">
      <h1>{t('paymentsTitle')}</h1>
      <OwnNav t={t} here="/me/payments" />
      {fault ? (
        <p class="notice bad" role="alert">
          {fault}
        </p>
      ) : null}
      {isDone ? (
        <p class="notice good" role="status">
          {t('refundDone')}
        </p>
      ) : null}
      {items.length === 0 ? <p class="empty">{t('paymentsNone')}</p> : null}
      <ul class="tickets">
        {items.map((one) => (
          <Row {...props} one={one} />
        ))}
      </ul>
      <Older t={t} here="/me/payments" nextCursor={nextCursor} />
    </section>
  );
}
