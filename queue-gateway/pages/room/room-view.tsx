import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/translate.ts';
import type { RoomWords } from '../messages/room.ts';
import { chanceOf, reasonOf, waitOf } from './room-facts-rules.ts';
import {
  isKnown,
  placeNow,
  progressOf,
  type RoomState,
  type Scene,
  sceneOf,
  secondsLeft,
  warnSeconds,
} from './room-scene-rules.ts';

export interface RoomViewProps {
  state: RoomState;
  t: Translate<keyof RoomWords>;
  format: Format;
}

interface FormButtonProps {
  action: string;
  label: string;
  kind?: string;
}

/** A form with nothing but its button: works with scripts and without. */
function FormButton({ action, label, kind = 'wide' }: FormButtonProps) {
  return (
    <form method="post" action={action}>
      <button class={`button ${kind}`}>{label}</button>
    </form>
  );
}

function Countdown({ state, t, format }: RoomViewProps) {
  const opensAt = state.room?.opensAt;
  if (!isKnown(opensAt) || Date.parse(opensAt) <= state.nowMs) return null;
  return (
    <div class="countdown">
      <p class="eyebrow">{t('opensIn')}</p>
      <p class="figure">{format.clock(secondsLeft(opensAt, state.nowMs))}</p>
      <p>{t('opensAt', { moment: format.moment(opensAt) })}</p>
    </div>
  );
}

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

function Facts({ state, t, format }: RoomViewProps) {
  const { entry, room } = state;
  const chance = chanceOf(t, state);
  const rows: [string, string][] = [
    [t('wait'), waitOf(t, state)],
    ...(chance === null ? [] : [[t('chance'), chance] as [string, string]]),
    ...(!isKnown(room?.seatsLeft)
      ? []
      : [[t('seats'), format.number(room.seatsLeft)] as [string, string]]),
    [t('yourNumber'), !isKnown(entry?.queueId) ? '–' : format.number(Number(entry.queueId))],
    ...(room === null
      ? []
      : [[t('admitted'), format.number(room.admittedPerMinute)] as [string, string]]),
  ];
  return (
    <dl class="tiles">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Promises({ state, t }: RoomViewProps) {
  return (
    <div class="promises">
      <section>
        <h2>{t('keepsTitle')}</h2>
        <p>{t('keeps')}</p>
      </section>
      <section>
        <h2>{t('turnTitle')}</h2>
        <p>{t('turn')}</p>
      </section>
      <details>
        <summary>{t('leave')}</summary>
        <p>{t('leaveSure')}</p>
        <FormButton action={`/c/${state.concertId}/leave`} label={t('leave')} kind="danger" />
      </details>
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
      <p class="ahead">
        {ahead > 0 ? <span class="figure">{format.number(ahead)}</span> : null}
        <span>{ahead > 0 ? t('ahead', { n: ahead }) : t('aheadNone')}</span>
      </p>
      <Rail {...props} />
      <Facts {...props} />
      {reason === null ? null : <p class="fine">{reason}</p>}
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
      <Promises {...props} />
    </>
  );
}

/** The turn: one button, and how long it waits. */
function Ready({ state, t, format }: RoomViewProps) {
  const left = secondsLeft(state.entry?.expiresAt ?? '', state.nowMs);
  const isLate = left <= warnSeconds;
  return (
    <div class={`turn ${isLate ? 'late' : ''}`}>
      <h2>{t('readyTitle')}</h2>
      <p>{t(isLate ? 'readyWarn' : 'readyLead')}</p>
      <p class="figure" aria-hidden="true">
        {format.clock(left)}
      </p>
      <p class="only-heard">{`${t('readyLeft')}: ${format.clock(Math.ceil(left / 10) * 10)}`}</p>
      <FormButton action={`/c/${state.concertId}/claim`} label={t('claim')} />
      <p class="fine">{t('readyMissed')}</p>
    </div>
  );
}

function Inside({ state, t, format }: RoomViewProps) {
  return (
    <div class="turn">
      <h2>{t('insideTitle')}</h2>
      <p>{t('insideLead')}</p>
      <a class="button wide" href={`/c/${state.concertId}/seats`}>
        {t('toSeats')}
      </a>
      <p class="fine">
        {t('insideUntil', { moment: format.moment(state.entry?.expiresAt ?? '') })}
      </p>
    </div>
  );
}

const endedWords = {
  completed: 'endedCompleted',
  left: 'endedLeft',
  idle: 'endedIdle',
  expired: 'endedExpired',
  missed: 'endedMissed',
  revoked: 'endedRevoked',
  'sold-out': 'soldOut',
} as const;

function Ended({ state, t }: RoomViewProps) {
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

/** Who has no place: whether there is one to be had. */
function Outside(props: RoomViewProps & { scene: Scene }) {
  const { scene, state, t, format } = props;
  const opensAt = state.room?.opensAt;
  const action = `/c/${state.concertId}/join`;
  if (scene === 'joinable')
    return (
      <div class="card stack">
        <h2>{t('joinTitle')}</h2>
        <Countdown {...props} />
        <p>{t('joinLead', { n: state.room?.waiting ?? 0 })}</p>
        <FormButton action={action} label={t('join')} />
      </div>
    );
  if (scene === 'before')
    return (
      <div class="card stack">
        <h2>{t('beforeTitle')}</h2>
        {!isKnown(opensAt) ? null : <p>{t('beforeLead', { moment: format.moment(opensAt) })}</p>}
        <Countdown {...props} />
      </div>
    );
  if (scene === 'sold-out')
    return (
      <div class="card stack">
        <h2>{t('soldOutTitle')}</h2>
        <p>{t('soldOut')}</p>
        <FormButton action={action} label={t('rejoin')} kind="quiet" />
      </div>
    );
  return (
    <div class="card stack">
      <h2>{t('closedTitle')}</h2>
      <p>{t('closedLead')}</p>
    </div>
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
