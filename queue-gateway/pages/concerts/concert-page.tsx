import type { Concert } from '../../../shared/contracts/concerts.ts';
import type { Format } from '../i18n/format.ts';
import type { ConcertWords } from './concert-list.tsx';
import { saleBadge } from './sale-badge.tsx';

export interface ConcertPageProps {
  t: ConcertWords;
  format: Format;
  concert: Concert;
  /** The visitor has been in this line with this browser. */
  hasPlace: boolean;
  /** Everybody may see how the sale went. */
  hasRecord: boolean;
}

function datesOf({ t, format, concert }: ConcertPageProps): string {
  const { firstConcertDt: first, lastConcertDt: last } = concert;
  if (first === null) return '–';
  if (last === null || last === first) return t('whenOne', { moment: format.moment(first) });
  return t('whenMany', { from: format.moment(first), to: format.moment(last) });
}

function Facts(props: ConcertPageProps) {
  const { t, format, concert } = props;
  const { refundUntilHours: hours } = concert;
  return (
    <dl class="facts">
      <div>
        <dt>{t('when')}</dt>
        <dd>
          {datesOf(props)}
          <span class="fine">{t('zone', { zone: format.zone })}</span>
        </dd>
      </div>
      <div>
        <dt>{t('seatsPerUser')}</dt>
        <dd>{t('seatsPerUserText', { n: concert.seatsPerUser })}</dd>
      </div>
      <div>
        <dt>{t('refund')}</dt>
        <dd>{hours > 0 ? t('refundText', { n: hours }) : t('refundAny')}</dd>
      </div>
    </dl>
  );
}

/** The way in: a form, so that it works everywhere. */
function Door({ t, format, concert, hasPlace }: ConcertPageProps) {
  const { concertId, saleState, opensAt } = concert;
  if (saleState === 'CLOSED') return <p class="notice">{t('closedNote')}</p>;
  return (
    <div class="card stack">
      {saleState === 'SCHEDULED' && opensAt !== null ? (
        <div class="countdown" data-countdown={opensAt}>
          <p class="eyebrow">{t('opensIn')}</p>
          <p class="figure" data-clock aria-hidden="true"></p>
          <p>{t('opensOn', { moment: format.moment(opensAt) })}</p>
          <p class="fine">{t('beforeNote')}</p>
        </div>
      ) : null}
      {saleState === 'SOLD_OUT' ? <p class="notice">{t('soldOutNote')}</p> : null}
      {hasPlace ? (
        <a class="button" href={`/c/${concertId}/room`}>
          {t('goIn')}
        </a>
      ) : (
        <form method="post" action={`/c/${concertId}/join`}>
          <button class="button wide">{t('join')}</button>
        </form>
      )}
      <p class="fine">{t('joinNote')}</p>
    </div>
  );
}

/** One concert: when, under which rules, and the way into its line. */
export function ConcertPage(props: ConcertPageProps) {
  const { t, concert } = props;
  return (
    <article class="stack">
      <p>
        <a href="/">← {t('allConcerts')}</a>
      </p>
      <h1>{concert.concertName}</h1>
      <p class="row">
        {saleBadge(t, concert.saleState)}
        {props.hasRecord ? <a href={`/c/${concert.concertId}/record`}>{t('toRecord')}</a> : null}
      </p>
      <div class="sides">
        <Facts {...props} />
        <Door {...props} />
        <section class="stack">
          <h2>{t('howTitle')}</h2>
          <ol class="steps">
            <li>{t('how1')}</li>
            <li>{t('how2')}</li>
            <li>{t('how3')}</li>
          </ol>
        </section>
      </div>
    </article>
  );
}
