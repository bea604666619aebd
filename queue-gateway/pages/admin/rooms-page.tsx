import type { Concert } from '../../../shared/contracts/concerts.ts';
import type { Phase, Room } from '../../../shared/contracts/queue.ts';
import type { Format } from '../i18n/format.ts';
import { AdminFrame, type AdminT } from './admin-frame.tsx';
import { ParkedNotice, type ParkedT } from './parked/parked-page.tsx';

export interface RoomsProps {
  t: AdminT;
  p: ParkedT;
  format: Format;
  /** The line has refused events for good. */
  hasParked: boolean;
  rooms: readonly { concert: Concert; room: Room }[];
  nextCursor: string | null;
}

const tones: Partial<Record<Phase, string>> = {
  OPEN: 'good',
  PAUSED: 'look',
  PRE_QUEUE: 'look',
  DRAINING: 'look',
  SOLD_OUT_LIKELY: 'look',
};

export function PhaseBadge({ t, phase }: { t: AdminT; phase: Phase }) {
  return <span class={`badge ${tones[phase] ?? ''}`}>{t(`phase${phase}`)}</span>;
}

function Row({
  t,
  format,
  concert,
  room,
}: RoomsProps['rooms'][number] & Pick<RoomsProps, 't' | 'format'>) {
  return (
    <tr>
      <th scope="row">
        <a href={`/admin/rooms/${concert.concertId}`}>{concert.concertName}</a>
      </th>
      <td data-label={t('phase')}>
        <PhaseBadge t={t} phase={room.phase} />
      </td>
      <td data-label={t('waiting')} class="num">
        {format.number(room.waiting)}
      </td>
      <td data-label={t('inside')} class="num">
        {format.number(room.active)}
      </td>
      <td data-label={t('perMinute')} class="num">
        {format.number(room.admittedPerMinute)}
      </td>
      <td data-label={t('seatsLeft')} class="num">
        {room.seatsLeft === null ? '–' : format.number(room.seatsLeft)}
      </td>
      <td data-label={t('limit')}>{t(`limit${room.limit}`)}</td>
    </tr>
  );
}

/** Every room at a glance. */
export function RoomsPage({ t, p, format, hasParked, rooms, nextCursor }: RoomsProps) {
  const heads = [
    'concert',
    'phase',
    'waiting',
    'inside',
    'perMinute',
    'seatsLeft',
    'limit',
  ] as const;
  const numbers = new Set<string>(['waiting', 'inside', 'perMinute', 'seatsLeft']);
  return (
    <AdminFrame t={t} here="/admin" title={t('rooms')}>
      {hasParked ? <ParkedNotice p={p} /> : null}
      <p class="lead">{t('roomsLead')}</p>
      {rooms.length === 0 ? <p class="empty">{t('roomsNone')}</p> : null}
      {rooms.length === 0 ? null : (
        <table class="table" id="rooms" data-live>
          <thead>
            <tr>
              {heads.map((head) => (
                <th scope="col" class={numbers.has(head) ? 'num' : undefined}>
                  {t(head)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rooms.map((one) => (
              <Row t={t} format={format} {...one} />
            ))}
          </tbody>
        </table>
      )}
      <noscript>
        <a class="button quiet" href="/admin">
          {t('again')}
        </a>
      </noscript>
      {nextCursor === null ? null : (
        <p>
          <a class="button quiet" href={`/admin?cursor=${nextCursor}`}>
            {t('moreConcerts')}
          </a>
        </p>
      )}
    </AdminFrame>
  );
}
