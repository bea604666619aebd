import { spanText } from './room-facts-rules.ts';
import { FormButton, Leave, type RoomViewProps } from './room-parts.tsx';
import { isLate, secondsLeft } from './room-scene-rules.ts';

/** What becomes of who misses the turn; said while there is time to act on it. */
export function missedWords({ state, t }: RoomViewProps): string {
  const { graceSeconds = 0 } = state.room ?? {};
  return graceSeconds > 0 ? t('turnGrace', { grace: spanText(t, graceSeconds) }) : t('turnNoGrace');
}

/** The turn: one button, how long it waits, and more of it for who asks. */
export function Ready(props: RoomViewProps) {
  const { state, t, format } = props;
  const { concertId, entry, nowMs } = state;
  const left = secondsLeft(entry?.expiresAt ?? '', nowMs);
  const canExtend = entry?.canExtend === true;
  const late = isLate(state);
  const lead = late ? (canExtend ? 'readyWarn' : 'readyWarnLast') : 'readyLead';
  return (
    <div class={`turn ${late ? 'late' : ''}`}>
      <h2>{t('readyTitle')}</h2>
      <p>{t(lead)}</p>
      <p class="figure" aria-hidden="true">
        {format.clock(left)}
      </p>
      <p class="only-heard">{`${t('readyLeft')}: ${format.clock(Math.ceil(left / 10) * 10)}`}</p>
      <FormButton action={`/c/${concertId}/claim`} label={t('claim')} />
      {canExtend ? (
        <FormButton action={`/c/${concertId}/more-time`} label={t('moreTime')} kind="quiet wide" />
      ) : (
        <p class="fine">{t('moreTimeDone')}</p>
      )}
      <p class="fine">{missedWords(props)}</p>
    </div>
  );
}

export function Inside(props: RoomViewProps) {
  const { state, t, format } = props;
  return (
    <>
      <div class="turn">
        <h2>{t('insideTitle')}</h2>
        <p>{t('insideLead')}</p>
        <a class="button wide" href={`/c/${state.concertId}/seats`}>
          {t('toSeats')}
        </a>
        <p class="fine">{t('insideUntil', { time: format.time(state.entry?.expiresAt ?? '') })}</p>
      </div>
      <Leave {...props} />
    </>
  );
}
