import { Countdown, FormButton, type RoomViewProps } from './room-parts.tsx';
import type { Scene } from './room-scene-rules.ts';

const endedWords = {
  completed: 'endedCompleted',
  left: 'endedLeft',
  idle: 'endedIdle',
  expired: 'endedExpired',
  missed: 'endedMissed',
  revoked: 'endedRevoked',
  'sold-out': 'soldOut',
} as const;

export function Ended({ state, t }: RoomViewProps) {
  const { ended, concertId } = state;
  return (
    <div class="card stack">
      <h2>{t('endedTitle')}</h2>
      <p>{t(endedWords[ended ?? 'expired'])}</p>
      {ended === 'completed' ? (
        <a class="button wide" href="/me/tickets">
          {t('toTickets')}
        </a>
      ) : (
        <FormButton action={`/c/${concertId}/join`} label={t('rejoin')} />
      )}
    </div>
  );
}

function Joinable(props: RoomViewProps) {
  const { state, t } = props;
  const isEarly = state.room?.phase === 'PRE_QUEUE';
  return (
    <div class="card stack">
      <h2>{t(isEarly ? 'joinEarlyTitle' : 'joinTitle')}</h2>
      <Countdown {...props} />
      <p>{t('joinLead', { n: state.room?.waiting ?? 0 })}</p>
      <FormButton action={`/c/${state.concertId}/join`} label={t('join')} />
    </div>
  );
}

/** An old place counts once more; who never had one has nothing to come back to. */
function SoldOut({ state, t }: RoomViewProps) {
  const hadPlace = state.ended !== null;
  return (
    <div class="card stack">
      <h2>{t('soldOutTitle')}</h2>
      <p>{t(hadPlace ? 'soldOut' : 'soldOutOutside')}</p>
      <p class="row">
        <a class="button" href="/">
          {t('otherConcerts')}
        </a>
        {hadPlace ? (
          <FormButton action={`/c/${state.concertId}/join`} label={t('rejoin')} kind="quiet" />
        ) : null}
      </p>
    </div>
  );
}

/** Who has no place: whether there is one to be had. */
export function Outside(props: RoomViewProps & { scene: Scene }) {
  const { scene, t } = props;
  if (scene === 'joinable') return <Joinable {...props} />;
  if (scene === 'before')
    return (
      <div class="card stack">
        <h2>{t('beforeTitle')}</h2>
        <Countdown {...props} />
        <p>{t('beforeLead')}</p>
      </div>
    );
  if (scene === 'sold-out') return <SoldOut {...props} />;
  return (
    <div class="card stack">
      <h2>{t('closedTitle')}</h2>
      <p>{t('closedLead')}</p>
    </div>
  );
}
