import type { PointHistory } from '../../../shared/contracts/points.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';
import { ChargeForm } from './charge-form.tsx';
import { Older, OwnNav } from './own-nav.tsx';

export interface PointsProps {
  t: Translate<keyof OwnWords>;
  format: Format;
  point: number;
  items: readonly PointHistory[];
  nextCursor: string | null;
  key: string;
  fault?: string;
}

const usualCharge = 50_000;

/** My balance, charging it, and its ledger. */
export function PointsPage({ t, format, point, items, nextCursor, key, fault }: PointsProps) {
  return (
    <section class="stack">
      <h1>{t('pointsTitle')}</h1>
      <OwnNav t={t} here="/me/points" />
      {fault ? (
        <p class="notice bad" role="alert">
          {fault}
        </p>
      ) : null}
      <div class="card stack balance">
        <p class="eyebrow">{t('balance')}</p>
        <p class="amount">{format.won(point)}</p>
        <ChargeForm
          t={t}
          format={format}
          to="/me/points"
          amount={usualCharge}
          idempotencyKey={key}
        />
      </div>
      <h2>{t('history')}</h2>
      {items.length === 0 ? <p class="empty">{t('historyNone')}</p> : null}
      <ul class="lines">
        {items.map(({ amount, type, createdAt, pointAfterTransaction }) => (
          <li>
            <span>
              {t(`type${type}`)}
              <span class="fine">{format.stamp(createdAt)}</span>
            </span>
            <span class={amount < 0 ? 'out' : 'in'}>
              {`${amount > 0 ? '+' : ''}${format.won(amount)}`}
              <span class="fine">{t('after', { amount: format.won(pointAfterTransaction) })}</span>
            </span>
          </li>
        ))}
      </ul>
      <Older t={t} here="/me/points" nextCursor={nextCursor} />
    </section>
  );
}
