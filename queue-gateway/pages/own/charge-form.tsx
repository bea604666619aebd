import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';

export interface ChargeFormProps {
  t: Translate<keyof OwnWords>;
  format: Format;
  /** A path of ours to come back to. */
  to: string;
  amount: number;
  /** Sent twice it charges once. */
  idempotencyKey: string;
}

/** Puts points on the balance and comes back. */
export function ChargeForm({ t, to, amount, idempotencyKey }: ChargeFormProps) {
  return (
    <form class="charge" method="post" action="/me/points/charge">
      <input type="hidden" name="to" value={to} />
      <input type="hidden" name="key" value={idempotencyKey} />
      <label class="field">
        <span>{t('chargeAmount')}</span>
        <input name="amount" inputmode="numeric" pattern="[0-9]*" required value={String(amount)} />
      </label>
      <button class="button quiet">{t('charge')}</button>
    </form>
  );
}
