import { cord, type RoomAudit } from '../../../shared/contracts/queue.ts';
import { policyNames } from './policy-fields.ts';
import type { RoomDeskProps } from './room-desk-page.tsx';

const passed = new Set(['version', 'draw']);
const momentPattern = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

const settingNames = [...policyNames, 'message', 'recordPublic', 'control', 'reason'] as const;
const isSettingName = (name: string): name is (typeof settingNames)[number] =>
  settingNames.some((one) => one === name);

/** A value of a setting, for a person. */
export function tell({ t, format }: Pick<RoomDeskProps, 't' | 'format'>, value: unknown): string {
  if (value === null || value === undefined) return t('nothing');
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return format.number(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  return momentPattern.test(value) ? format.moment(value) : value;
}

type Facts = Record<string, unknown>;

function changesIn({ t, format }: RoomDeskProps, before: Facts, after: Facts): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const told = (value: unknown): string => tell({ t, format }, value);
  return names
    .filter((name) => !passed.has(name) && told(before[name]) !== told(after[name]))
    .map((name) => {
      const title = isSettingName(name) ? t(name, { zone: format.zone }) : name;
      return t('changed', { name: title, before: told(before[name]), after: told(after[name]) });
    });
}

const actions = [...cord.options, 'policy', 'revoke', 'draw'] as const;
const actionOf = (t: RoomDeskProps['t'], action: string): string => {
  const known = actions.find((one) => one === action);
  return known === undefined ? action : t(`did${known}`);
};

/** A revocation says which entry and why; it changes no setting. */
function toldOf(props: RoomDeskProps, { action, before, after }: RoomAudit): string[] {
  if (action !== 'revoke') return changesIn(props, before, after);
  const { t } = props;
  const { queueId, reason } = after;
  return [
    queueId === null ? t('everyEntry') : t('oneEntry', { n: tell(props, queueId) }),
    ...(typeof reason === 'string' ? [reason] : []),
  ];
}

/** Who changed a room, newest first. */
export function AuditList(props: RoomDeskProps & { at: string }) {
  const { t, format, audit, at } = props;
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
            <strong>{actionOf(t, one.action)}</strong>
            <span>{toldOf(props, one).join(' · ')}</span>
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
