import { chanceOf, hasRange, reasonOf, spanText, waitOf } from './room-facts-rules.ts';
import { Ended, Outside } from './room-outside.tsx';
import { Countdown, Leave, type RoomViewProps } from './room-parts.tsx';
import { isKnown, isReturning, placeNow, progressOf, sceneOf } from './room-scene-rules.ts';
import { Inside, missedWords, Ready } from './room-turn.tsx';

const noteByPhase = {
  PAUSED: 'paused',
  DRAINING: 'draining',
  CLOSED: 'closedNow',
  SOLD_OUT_LIKELY: 'likely',
} as const;

/** What the operator does to the line, and what the organiser has to say. */
function Notes({ state, t }: RoomViewProps) {
  const { phase, message } = state.room ?? {};
  const note = phase && phase in noteByPhase ? noteByPhase[phase as 'PAUSED'] : undefined;
  return (
    <>
      {note && state.entry ? <p class="notice">{t(note)}</p> : null}
      {message ? (
        <p class="notice good">
          <strong>{t('message')}:</strong> {message}
        </p>
      ) : null}
    </>
  );
}

/** The line as a rail: everybody in front on it, and the visitor at its end. */
function Rail({ state, t }: RoomViewProps) {
  const done = progressOf(state);
  return (
    <progress class="rail" max={1} value={done} aria-label={t('progress')}>
      {`${Math.round(done * 100)}%`}
    </progress>
  );
}

type Row = [name: string, value: string];

/** The wait stands first, over the whole width; what is not known is not shown. */
function rowsOf({ state, t, format }: RoomViewProps): Row[] {
  const { entry, room } = state;
  const place = placeNow(state);
  const chance = chanceOf(t, state);
  const rows: [string, string | null][] = [
    [t('wait'), waitOf(t, state)],
    [t('chance'), chance],
    [t('seats'), isKnown(room?.seatsLeft) ? format.number(room.seatsLeft) : null],
    [t('position'), place === null ? null : format.number(place.position)],
    [t('yourNumber'), isKnown(entry?.queueId) ? format.number(Number(entry.queueId)) : null],
    [t('admitted'), room === null ? null : format.number(room.admittedPerMinute)],
  ];
  return rows.filter((row): row is Row => row[1] !== null);
}

function Facts(props: RoomViewProps) {
  const { t, state } = props;
  return (
    <>
      <dl class="tiles">
        {rowsOf(props).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {hasRange(t, state) ? <p class="fine">{t('waitHow')}</p> : null}
    </>
  );
}

/** What happens when the turn comes, and how long the place is kept. */
function Promises(props: RoomViewProps) {
  const { state, t } = props;
  const claim = spanText(t, state.room?.claimSeconds ?? 0);
  return (
    <div class="promises">
      <section>
        <h2>{t('keepsTitle')}</h2>
        <p>{t('keeps')}</p>
      </section>
      <section>
        <h2>{t('turnTitle')}</h2>
        <p>{`${t('turn', { claim })} ${missedWords(props)}`}</p>
      </section>
      <Leave {...props} />
    </div>
  );
}

function Waiting(props: RoomViewProps) {
  const { state, t, format } = props;
  const ahead = placeNow(state)?.ahead ?? 0;
  const reason = reasonOf(t, state);
  return (
    <>
      {state.room?.phase === 'PRE_QUEUE' ? (
        <>
          <h2>{t('earlyTitle')}</h2>
          <Countdown {...props} />
        </>
      ) : null}
      {isReturning(state) ? <p class="notice">{t('lateNote')}</p> : null}
      <p class="ahead">
        {ahead > 0 ? <span class="figure">{format.number(ahead)}</span> : null}
        <span>{ahead > 0 ? t('ahead', { n: ahead }) : t('aheadNone')}</span>
      </p>
      <Rail {...props} />
      <Facts {...props} />
      {reason === null ? null : <p class="notice">{reason}</p>}
      {state.entry?.registrationIndex === undefined ? null : (
        <p>
          <a href={`/c/${state.concertId}/draw`}>{t('drawnHow')}</a>
        </p>
      )}
      <Promises {...props} />
    </>
  );
}

function Registered(props: RoomViewProps) {
  const { state, t, format } = props;
  const index = state.entry?.registrationIndex;
  return (
    <>
      <h2>{t('registeredTitle')}</h2>
      <p class="lead">{t('registeredLead')}</p>
      <Countdown {...props} />
      {index === undefined ? null : (
        <dl class="tiles">
          <div>
            <dt>{t('registration')}</dt>
            <dd>{format.number(index)}</dd>
          </div>
        </dl>
      )}
      <p>
        <a href={`/c/${state.concertId}/draw`}>{t('drawHow')}</a>
      </p>
      <p>
        <a href={`/c/${state.concertId}/receipt`}>{t('receipt')}</a>
      </p>
      <Promises {...props} />
    </>
  );
}

function Stage(props: RoomViewProps) {
  const scene = sceneOf(props.state);
  switch (scene) {
    case 'loading':
      return <p class="loading">{props.t('loading')}</p>;
    case 'waiting':
      return <Waiting {...props} />;
    case 'registered':
      return <Registered {...props} />;
    case 'ready':
      return <Ready {...props} />;
    case 'inside':
      return <Inside {...props} />;
    case 'ended':
      return <Ended {...props} />;
    case 'before':
    case 'joinable':
    case 'closed':
    case 'sold-out':
      return <Outside {...props} scene={scene} />;
  }
}

/** The waiting room, the same on the server and in the browser. */
export function RoomView(props: RoomViewProps) {
  return (
    <div class="room" data-scene={sceneOf(props.state)}>
      <Notes {...props} />
      <Stage {...props} />
    </div>
  );
}
