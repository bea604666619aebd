import type { Concert } from '../../../shared/contracts/concerts.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { concertMessages } from '../messages/concerts.ts';
import { saleBadge } from './sale-badge.tsx';

export type ConcertWords = Translate<keyof (typeof concertMessages)['en']>;

export interface ConcertListProps {
  t: ConcertWords;
  format: Format;
  concerts: readonly Concert[];
  nextCursor: string | null;
}

function Row({ t, format, concert }: { t: ConcertWords; format: Format; concert: Concert }) {
  const { concertId, concertName, firstConcertDt, lastConcertDt, opensAt, saleState } = concert;
  const isLong = firstConcertDt !== lastConcertDt && lastConcertDt !== null;
  return (
    <li>
      <a class="concert" href={`/c/${concertId}`}>
        <span class="when">
          {firstConcertDt === null ? '–' : format.day(firstConcertDt)}
          {isLong ? <span class="fine"> – {format.day(lastConcertDt)}</span> : null}
        </span>
        <span class="name">
          {concertName}
          {saleState === 'SCHEDULED' && opensAt !== null ? (
            <span class="fine">{t('opensOn', { moment: format.moment(opensAt) })}</span>
          ) : null}
        </span>
        {saleBadge(t, saleState)}
      </a>
    </li>
  );
}

/** What is on. */
export function ConcertList({ t, format, concerts, nextCursor }: ConcertListProps) {
  return (
    <section class="stack">
      <h1>{t('listTitle')}</h1>
      <p class="lead">{t('listLead')}</p>
      {concerts.length === 0 ? (
        <p class="empty">{t('listEmpty')}</p>
      ) : (
        <ul class="concerts">
          {concerts.map((concert) => (
            <Row t={t} format={format} concert={concert} />
          ))}
        </ul>
      )}
      {nextCursor === null ? null : (
        <p>
          <a class="button quiet" href={`/?cursor=${nextCursor}`}>
            {t('more')}
          </a>
        </p>
      )}
    </section>
  );
}
