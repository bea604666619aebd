import type { RoomDeskProps } from './room-desk-page.tsx';

const passed = new Set(['version']);

/** A value of a setting, for a person. */
export const tell = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function changesIn(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => !passed.has(name) && tell(before[name] ?? null) !== tell(after[name] ?? null))
    .map((name) => `${name}: ${tell(before[name] ?? null)} → ${tell(after[name] ?? null)}`);
}

/** Who changed a room, newest first. */
export function AuditList({ t, format, audit, at }: RoomDeskProps & { at: string }) {
  if (audit.items.length === 0) return <p class="empty">{t('auditNone')}</p>;
  return (
    <>
      <ol class="audit">
        {audit.items.map((one) => (
          <li>
            <span class="fine">
              {format.moment(one.at)}
              {one.userId === null ? '' : ` · ${t('auditBy', { id: one.userId })}`}
            </span>
            <strong>{one.action}</strong>
            <span>{changesIn(one.before, one.after).join(' · ')}</span>
          </li>
        ))}
      </ol>
      {audit.nextCursor === null ? null : (
        <p>
          <a class="button quiet" href={`${at}?cursor=${audit.nextCursor}`}>
            {t('older')}
          </a>
        </p>
      )}
    </>
  );
}
