import type { CoreLoad } from '../../../shared/contracts/internal.ts';
import type { EntryStory } from '../../../shared/contracts/entries.ts';
import type {
  Cord,
  Policy,
  Room,
  RoomAudit,
  RoomControl,
} from '../../../shared/contracts/queue.ts';
import { cord as cords } from '../../../shared/contracts/queue.ts';
import type { OwnRecord } from '../../../shared/contracts/record.ts';
import type { SaleForecast } from '../../../shared/contracts/simulation.ts';
import type { Format } from '../i18n/format.ts';
import type { Note } from './admin-binder.ts';
import { AdminFrame, type AdminT } from './admin-frame.tsx';
import { AuditList } from './audit-list.tsx';
import { EntrySearch } from './entry-search.tsx';
import { type ForecastInput, ForecastPanel } from './forecast-panel.tsx';
import { PolicyForm } from './policy-form.tsx';
import { PhaseBadge } from './rooms-page.tsx';

export interface RoomDeskProps {
  t: AdminT;
  format: Format;
  concertId: string;
  concertName: string;
  room: Room;
  setting: RoomControl;
  /** What stands in the editor; what is set, unless a change was refused. */
  draft: Policy;
  forecastInput: ForecastInput;
  played: SaleForecast | undefined;
  recent: OwnRecord['recent'];
  audit: { items: readonly RoomAudit[]; nextCursor: string | null };
  /** What is searched. */
  entryNumber: string;
  /** What was found; `null` for a number that was not given. */
  story: EntryStory | null | undefined;
  /** `null` while the core does not say. */
  load: CoreLoad | null;
  note?: Note | undefined;
}

/** The core's answers, over the last seconds. */
function loadTile({ t, load }: RoomDeskProps): [string, string, string?] {
  if (load === null) return [t('core'), t('coreAway')];
  const { requests, errorShare, p95Ms } = load;
  return [
    t('core'),
    t('milliseconds', { n: Math.round(p95Ms) }),
    t('coreText', { requests, errors: Math.round(errorShare * 100) }),
  ];
}

/** Of those let in lately; nobody's when nobody was. */
function waitsTile({ t, format, recent }: RoomDeskProps): [string, string, string?] {
  const { p50Seconds, p90Seconds } = recent.waits;
  if (p50Seconds === null || p90Seconds === null) return [t('waitsTile'), '–'];
  const most = format.clock(p90Seconds);
  return [t('waitsTile'), format.clock(p50Seconds), t('waitsText', { most })];
}

function Tiles(props: RoomDeskProps) {
  const { t, format, room } = props;
  const tiles: [string, string, string?][] = [
    [t('waiting'), format.number(room.waiting)],
    [t('inside'), format.number(room.active)],
    [t('perMinute'), format.number(room.admittedPerMinute)],
    [t('seatsLeft'), room.seatsLeft === null ? '–' : format.number(room.seatsLeft)],
    [t('number'), format.number(room.front), t('numberText', { tail: room.tail })],
    waitsTile(props),
    loadTile(props),
  ];
  return (
    <div id="now" data-live>
      <p class="row">
        <PhaseBadge t={t} phase={room.phase} />
        <span>
          <span class="fine">{t('limit')}:</span> {t(`limit${room.limit}`)}
        </span>
      </p>
      <dl class="desk-tiles">
        {tiles.map(([name, value, more]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              {value}
              {more ? <span class="fine">{more}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function CordForm({ t, at, cord }: { t: AdminT; at: string; cord: Cord }) {
  return (
    <details class="cord">
      <summary>
        <strong>{t(cord)}</strong>
        <span class="fine">{t(`${cord}Says`)}</span>
      </summary>
      <form method="post" action={`${at}/cord`}>
        <button class={`button ${cord === 'close' ? 'danger' : ''}`} name="cord" value={cord}>
          {t('confirmCord', { cord: t(cord) })}
        </button>
      </form>
    </details>
  );
}

function MessageForm({ t, at, setting }: RoomDeskProps & { at: string }) {
  return (
    <form class="card stack" method="post" action={`${at}/message`}>
      <label class="field">
        <span>{t('messageText')}</span>
        <textarea name="message" rows={3} maxlength={500} aria-describedby="message-hint">
          {setting.message ?? ''}
        </textarea>
        <small id="message-hint">{t('messageHint')}</small>
      </label>
      <button class="button">{t('say')}</button>
    </form>
  );
}

/** One room: what is going on, and what can be done about it. */
export function RoomDeskPage(props: RoomDeskProps) {
  const { t, concertId, concertName, note } = props;
  const at = `/admin/rooms/${concertId}`;
  return (
    <AdminFrame t={t} here="/admin" title={concertName} note={note}>
      <p class="row">
        <a href={`/c/${concertId}/room`}>{t('seeRoom')}</a>
        <a href={`/admin/sales/${concertId}`}>{t('seeSales')}</a>
        <a href={`${at}/record`}>{t('seeRecord')}</a>
        <a href={at}>{t('again')}</a>
      </p>
      <Tiles {...props} />
      <h2>{t('charts')}</h2>
      <div class="charts" id="charts" aria-hidden="true">
        <noscript>{t('chartsNone')}</noscript>
      </div>
      <div class="desk-sides">
        <div class="stack">
          <h2>{t('cords')}</h2>
          <p class="fine">{t('cordsLead')}</p>
          <div class="cords">
            {cords.options.map((cord) => (
              <CordForm t={t} at={at} cord={cord} />
            ))}
          </div>
        </div>
        <div class="stack">
          <h2>{t('message')}</h2>
          <MessageForm {...props} at={at} />
          <h2>{t('entry')}</h2>
          <EntrySearch {...props} at={at} />
        </div>
      </div>
      <div class="desk-sides">
        <div class="stack">
          <h2>{t('policy')}</h2>
          <PolicyForm {...props} at={at} />
        </div>
        <div class="stack">
          <h2>{t('forecast')}</h2>
          <ForecastPanel {...props} at={at} isMeasured={props.recent.habits !== null} />
        </div>
      </div>
      <h2>{t('audit')}</h2>
      <AuditList {...props} at={at} />
    </AdminFrame>
  );
}
