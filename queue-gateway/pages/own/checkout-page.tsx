import type { Reservation } from '../../../shared/contracts/reservations.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { OwnWords } from '../messages/own.ts';
import { ChargeForm } from './charge-form.tsx';
import { inSeatOrder, seatWords } from './seat-words.ts';

export interface CheckoutProps {
  t: Translate<keyof OwnWords>;
  format: Format;
  concertId: string;
  concertName: string;
  holds: readonly Reservation[];
  point: number;
  nowMs: number;
  newKey: () => string;
  /** What went wrong, or what was done, in words. */
  note?: { words: string; isBad: boolean };
}

function Countdown({ t, format, holds, nowMs, concertId, newKey }: CheckoutProps) {
  const ends = holds.map(({ reservationExpireDt }) => reservationExpireDt).sort();
  const end = ends[0] ?? '';
  const left = Math.max(0, Math.ceil((Date.parse(end) - nowMs) / 1_000));
  return (
    <div class="countdown turn" data-countdown={end} data-warn="60" data-now={String(nowMs)}>
      <p class="eyebrow">{t('keptFor')}</p>
      <p class="figure" data-clock role="timer">
        {format.clock(left)}
      </p>
      <p>{t('keptUntil', { time: format.time(end) })}</p>
      <p class="only-heard" role="status" data-warning={t('soonOver')}></p>
      <form method="post" action={`/c/${concertId}/extend`}>
        <input type="hidden" name="key" value={newKey()} />
        {holds.map(({ reservationId }) => (
          <input type="hidden" name="reservationId" value={reservationId} />
        ))}
        <button class="button quiet">{t('extend')}</button>
      </form>
    </div>
  );
}

function Seats({ t, format, holds, concertId }: CheckoutProps) {
  return (
    <ul class="lines">
      {inSeatOrder(holds).map((one) => (
        <li>
          <span>
            {seatWords(t, one)}
            <span class="fine">{format.moment(one.concertDt)}</span>
          </span>
          <span>{format.won(one.price)}</span>
          <form method="post" action={`/c/${concertId}/release`}>
            <input type="hidden" name="reservationId" value={one.reservationId} />
            <button class="link" aria-label={t('releaseSeat', { seat: seatWords(t, one) })}>
              {t('release')}
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}

function Pay(props: CheckoutProps & { total: number }) {
  const { t, format, concertId, holds, point, total, newKey } = props;
  const missing = total - point;
  return (
    <div class="card stack">
      <p class="total">
        <span>{t('total')}</span>
        <strong>{format.won(total)}</strong>
      </p>
      <p class="total">
        <span>{t('balance')}</span>
        <span>{format.won(point)}</span>
      </p>
      {missing > 0 ? (
        <>
          <p class="notice">{t('missing', { amount: format.won(missing) })}</p>
          <ChargeForm
            t={t}
            format={format}
            to={`/c/${concertId}/checkout`}
            amount={missing}
            idempotencyKey={newKey()}
          />
        </>
      ) : (
        <form class="stack" method="post" action={`/c/${concertId}/pay`}>
          <input type="hidden" name="key" value={newKey()} />
          {holds.map(({ reservationId }) => (
            <input type="hidden" name="reservationId" value={reservationId} />
          ))}
          <p class="fine">{t('afterPay', { amount: format.won(-missing) })}</p>
          <button class="button wide">{t('pay', { amount: format.won(total) })}</button>
        </form>
      )}
    </div>
  );
}

/** The seats that are kept, how long, and paying them. */
export function CheckoutPage(props: CheckoutProps) {
  const { t, concertId, concertName, holds, note } = props;
  const total = holds.reduce((sum, { price }) => sum + price, 0);
  return (
    <article class="narrow stack">
      <a class="eyebrow" href={`/c/${concertId}`}>
        {concertName}
      </a>
      <h1>{t('checkoutTitle')}</h1>
      {note ? (
        <p class={`notice ${note.isBad ? 'bad' : 'good'}`} role="alert">
          {note.words}
        </p>
      ) : null}
      {holds.length === 0 ? (
        <>
          <p class="empty">{t('checkoutNone')}</p>
          <p class="row">
            <a class="button" href={`/c/${concertId}/seats`}>
              {t('toSeats')}
            </a>
            <a class="button quiet" href="/me/tickets">
              {t('ticketsTitle')}
            </a>
          </p>
        </>
      ) : (
        <>
          <Countdown {...props} />
          <Seats {...props} />
          <Pay {...props} total={total} />
        </>
      )}
    </article>
  );
}
