import type { Concert, Schedule } from '../../../shared/contracts/concerts.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { SeatWords } from '../messages/seats.ts';

export interface SeatsPageProps {
  t: Translate<keyof SeatWords>;
  concert: Concert;
}

/** A slot that nobody needs any more is somebody's who waits. */
function LeaveInside({ t, concertId }: { t: SeatsPageProps['t']; concertId: string }) {
  return (
    <details class="leave">
      <summary>{t('leave')}</summary>
      <p>{t('leaveSure')}</p>
      <form method="post" action={`/c/${concertId}/leave`}>
        <button class="button danger">{t('leave')}</button>
      </form>
    </details>
  );
}

/** The frame of the map; its script fills it. */
export function SeatsPage({ t, concert }: SeatsPageProps) {
  return (
    <article class="seats-page">
      <header>
        <a class="eyebrow" href={`/c/${concert.concertId}`}>
          {concert.concertName}
        </a>
        <h1>{t('seatsTitle')}</h1>
        <p class="fine" id="inside"></p>
      </header>
      <div id="dates"></div>
      <p id="link-lost" class="notice" role="status" hidden>
        {t('lost')}
      </p>
      <p id="note" class="notice" role="alert" hidden></p>
      <div class="hall-sides">
        <section class="hall" aria-label={t('mapView')}>
          <div id="legend"></div>
          <div class="hall-frame">
            <canvas id="hall" tabindex={0} role="application" aria-label={t('mapLabel')}></canvas>
            <p class="loading" id="hall-loading">
              {t('loading')}
            </p>
            <div class="hall-tools">
              <button type="button" id="zoom-in" aria-label={t('zoomIn')}>
                +
              </button>
              <button type="button" id="zoom-out" aria-label={t('zoomOut')}>
                −
              </button>
              <button type="button" id="zoom-whole" aria-label={t('wholeHall')}>
                ⤢
              </button>
            </div>
          </div>
          <p class="only-heard" role="status" id="said"></p>
          <div id="list"></div>
        </section>
        <aside id="choice" class="card"></aside>
      </div>
      <LeaveInside t={t} concertId={concert.concertId} />
    </article>
  );
}

export interface PlainSeatsProps extends SeatsPageProps {
  format: Format;
  schedules: readonly Schedule[];
  /** What went wrong with the wish before, in words. */
  fault?: string;
}

/** Without scripts: a number of seats, found and kept. */
export function PlainSeats({ t, format, concert, schedules, fault }: PlainSeatsProps) {
  const { concertId, seatsPerUser } = concert;
  return (
    <article class="narrow stack">
      <a class="eyebrow" href={`/c/${concertId}`}>
        {concert.concertName}
      </a>
      <h1>{t('bestTitle')}</h1>
      <p class="lead">{t('plainLead')}</p>
      {fault ? (
        <p class="notice bad" role="alert">
          {fault}
        </p>
      ) : null}
      {schedules.length === 0 ? <p class="empty">{t('none')}</p> : null}
      {schedules.length === 0 ? null : (
        <form class="card stack" method="post" action={`/c/${concertId}/hold`}>
          <label class="field">
            <span>{t('date')}</span>
            <select name="scheduleId">
              {schedules.map(({ concertScheduleId, concertDt, seatsLeft }) => (
                <option value={concertScheduleId}>
                  {`${format.moment(concertDt)} · ${t('left', { n: seatsLeft })}`}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('howMany')}</span>
            <input name="quantity" type="number" min={1} max={seatsPerUser} value="1" required />
          </label>
          <label class="field">
            <span>{t('upTo')}</span>
            <input
              name="maxPrice"
              inputmode="numeric"
              pattern="[0-9]*"
              placeholder={t('anyPrice')}
            />
          </label>
          <button class="button wide">{t('best')}</button>
        </form>
      )}
      <LeaveInside t={t} concertId={concertId} />
    </article>
  );
}
